import { execFileSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openManifest } from '@unroll/datasets';
import { openInChild } from './child.js';
import { madeUpText, manifestFor, sha256 } from './look-alike.js';
import { answer, serve } from './loopback.js';
import { temporaryFolder } from './temporary-folder.js';

const content = madeUpText(300_000);

describe('a disk that has no room', () => {
  test('is one clear error, and the beginning of the file does not go on filling it', async (context) => {
    const parent = await temporaryFolder();
    const disk = join(parent, 'disk');
    await mkdir(disk);
    if (!mounted(disk)) context.skip('a small file system can only be mounted by root on Linux');
    onTestFinished(() => void execFileSync('umount', [disk]));
    const server = await serve((...exchange) => answer(exchange, content));
    const manifest = manifestFor(content, { origin: `${server.address}/words.txt` });
    await expect(openManifest(manifest, { mirror: '', cacheDirectory: disk })).rejects.toMatchObject({
      name: 'DataError',
      code: 'dataset/disk',
      message: expect.stringMatching(
        /no space left on the disk \(300000 bytes are needed\); make room, or set UNROLL_CACHE/,
      ) as string,
    });
    expect(await readdir(join(disk, 'datasets', 'look-alike'))).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test.skipIf(process.platform === 'win32')(
    'of a process with a limit on file sizes is the same',
    { timeout: 30_000 },
    async () => {
      const server = await serve((...exchange) => answer(exchange, content));
      const cache = await temporaryFolder();
      const manifest = manifestFor(content, { origin: `${server.address}/words.txt` });
      // In blocks of 512 or 1024 bytes: less than the file either way.
      const limited = await openInChild(manifest, cache, 'ulimit -f 100;');
      expect(await limited.outcome).toMatchObject({ name: 'DataError', code: 'dataset/disk' });
      expect(await readdir(join(cache, 'datasets', 'look-alike'))).toEqual([]);

      const free = await openInChild(manifest, cache);
      expect(await free.outcome).toEqual({ sha256: sha256(content) });
    },
  );
});

function mounted(folder: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'unroll-test', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
