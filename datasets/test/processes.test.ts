import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openManifest } from '@unroll/datasets';
import { openInChild } from './child.js';
import { madeUpText, manifestFor, readAll, sha256 } from './look-alike.js';
import { answer, Moment, serve } from './loopback.js';
import { temporaryFolder } from './temporary-folder.js';

const content = madeUpText(300_000);

describe('several processes', { timeout: 30_000 }, () => {
  test('that want the same file at once download it once, and both read it', async () => {
    // The first answer waits until both processes are there, so that one has to wait for the other.
    const bothRunning = new Moment();
    const server = await serve((...exchange) => void bothRunning.reached.then(() => answer(exchange, content)));
    const cache = await temporaryFolder();
    const manifest = manifestFor(content, { origin: `${server.address}/words.txt` });
    const children = [await openInChild(manifest, cache), await openInChild(manifest, cache)];
    setTimeout(() => bothRunning.happen(), 3000);
    const outcomes = await Promise.all(children.map(({ outcome }) => outcome));
    expect(outcomes).toEqual([{ sha256: sha256(content) }, { sha256: sha256(content) }]);
    expect(server.requests).toHaveLength(1);
    expect(await readdir(join(cache, 'datasets', 'look-alike'))).toEqual(['words.txt']);
  });

  test('leave a download that the next one continues, also when killed', async () => {
    const server = await serve((request, response) => {
      if (request.headers.range !== undefined) return answer([request, response], content);
      response.writeHead(200, { 'content-length': content.length, etag: '"one"' });
      response.write(content.subarray(0, 200_000));
    });
    const cache = await temporaryFolder();
    const manifest = manifestFor(content, { origin: `${server.address}/words.txt` });
    const child = await openInChild(manifest, cache);
    const folder = join(cache, 'datasets', 'look-alike');
    await expect.poll(() => sizeOf(join(folder, 'words.txt.part')), { timeout: 20_000 }).toBeGreaterThan(0);
    child.process.kill('SIGKILL');
    expect(await child.outcome).toBeUndefined();
    expect(await readdir(folder)).toEqual(['words.txt.lock', 'words.txt.part', 'words.txt.part.json']);

    const start = performance.now();
    const dataset = await openManifest(manifest, { mirror: '', cacheDirectory: cache });
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
    expect(server.requests.at(-1)!.range).toMatch(/^bytes=[1-9]\d*-$/);
    // The lock of a process that is no more is taken over at once.
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(await readdir(folder)).toEqual(['words.txt']);
  });

  test('wait for a live owner of the lock only as long as they are not told to stop', async () => {
    const cache = await temporaryFolder();
    const target = join(cache, 'datasets', 'look-alike', 'words.txt');
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}.lock`, JSON.stringify({ host: hostname(), pid: process.pid, id: 'another' }));
    const manifest = manifestFor(content, { origin: 'http://127.0.0.1:1/words.txt' });
    const signal = AbortSignal.timeout(400);
    const opening = openManifest(manifest, { mirror: '', cacheDirectory: cache, signal });
    await expect(opening).rejects.toMatchObject({ name: expect.stringMatching(/Timeout|Abort/) as string });
    expect(await readdir(dirname(target))).toEqual(['words.txt.lock']);
  });
});

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
