import { access, mkdir, readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openManifest, type DatasetOptions, type FetchProgress } from '@unroll/datasets';
import { madeUpText, manifestFor, readAll, sha256 } from './look-alike.js';
import { answer, serve, type Handler } from './loopback.js';
import { temporaryFolder } from './temporary-folder.js';

const content = madeUpText(300_000);
/** Nothing waits long between repetitions in a test. */
const patience = { idleMs: 10_000, retries: 2, pauseMs: 1 };

async function setUp(handler: Handler): Promise<{
  options: DatasetOptions & { cacheDirectory: string };
  cached: string;
  origin: string;
  requests: { path: string; range: string | undefined }[];
}> {
  const server = await serve(handler);
  const cacheDirectory = await temporaryFolder();
  return {
    options: { mirror: '', cacheDirectory, patience },
    cached: join(cacheDirectory, 'datasets', 'look-alike', 'words.txt'),
    origin: `${server.address}/words.txt`,
    requests: server.requests,
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

describe('a file that has to be fetched', () => {
  test('arrives whole, is cached under its name alone, and is not asked for again', async () => {
    const { options, cached, origin, requests } = await setUp((...exchange) => answer(exchange, content));
    const seen: FetchProgress[] = [];
    const dataset = await openManifest(manifestFor(content, { origin }), {
      ...options,
      onProgress: (p) => seen.push(p),
    });
    expect(
      sha256(Buffer.concat([await readAll(dataset.splits['train']!), await readAll(dataset.splits['valid']!)])),
    ).toBe(sha256(content));
    expect(dataset.splits['valid']!.size).toBe(30_000);
    expect(await readdir(dirname(cached))).toEqual(['words.txt']);
    expect(seen.at(-1)).toEqual({
      dataset: 'look-alike',
      file: 'words.txt',
      from: origin,
      receivedBytes: 300_000,
      totalBytes: 300_000,
    });
    expect(seen.map((p) => p.receivedBytes)).toEqual(seen.map((p) => p.receivedBytes).toSorted((a, b) => a - b));

    await openManifest(manifestFor(content, { origin }), options);
    expect(requests).toHaveLength(1);
  });

  test('continues where a cut connection stopped', async () => {
    let cuts = 0;
    const { options, origin, requests } = await setUp((...exchange) => {
      answer(exchange, content, cuts++ < 2 ? { cutAfter: 100_000 } : {});
    });
    const dataset = await openManifest(manifestFor(content, { origin }), options);
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
    const starts = requests.map(({ range }) => Number(/\d+/.exec(range ?? '0')![0]));
    expect(starts).toHaveLength(3);
    expect(starts[1]).toBeGreaterThan(0);
    expect(starts[2]).toBeGreaterThan(starts[1]!);
  });

  test('continues in a later run what an earlier one could not finish', async () => {
    let down = true;
    const { options, cached, origin, requests } = await setUp((...exchange) => {
      answer(exchange, content, down ? { cutAfter: 50_000 } : {});
    });
    const once = { ...options, patience: { ...patience, retries: 0 } };
    const manifest = manifestFor(content, { origin });
    await expect(openManifest(manifest, once)).rejects.toThrow(/connection/);
    expect(await exists(cached)).toBe(false);
    down = false;
    const dataset = await openManifest(manifest, once);
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
    expect(Number(/^bytes=(\d+)-$/.exec(requests[1]!.range!)![1])).toBeGreaterThan(0);
  });

  test('starts again when the file behind the address has changed meanwhile', async () => {
    const old = madeUpText(300_000, 2);
    let first = true;
    const { options, origin, requests } = await setUp((...exchange) => {
      if (first) answer(exchange, old, { etag: '"old"', cutAfter: 50_000 });
      else answer(exchange, content, { etag: '"new"' });
      first = false;
    });
    const dataset = await openManifest(manifestFor(content, { origin }), options);
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
    expect(requests).toHaveLength(2);
  });

  test('starts again when what an earlier run left turns out to be of another file', async () => {
    const { options, cached, origin, requests } = await setUp((...exchange) => answer(exchange, content));
    await mkdir(dirname(cached), { recursive: true });
    await writeFile(`${cached}.part`, madeUpText(1000, 3));
    const dataset = await openManifest(manifestFor(content, { origin }), options);
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
    expect(requests.map(({ range }) => range)).toEqual(['bytes=1000-', undefined]);
  });

  test('starts again when what an earlier run left is longer than the file', async () => {
    const { options, cached, origin, requests } = await setUp((...exchange) => answer(exchange, content));
    await mkdir(dirname(cached), { recursive: true });
    await writeFile(`${cached}.part`, Buffer.concat([content, content]));
    const dataset = await openManifest(manifestFor(content, { origin }), options);
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
    expect(requests.map(({ range }) => range)).toEqual([undefined]);
  });

  test('starts again at a server that cannot continue', async () => {
    let asked = 0;
    const { options, origin } = await setUp((request, response) => {
      asked += 1;
      if (asked === 1) answer([request, response], content, { cutAfter: 50_000 });
      else if (request.headers.range !== undefined) response.writeHead(416).end();
      else answer([request, response], content);
    });
    const dataset = await openManifest(manifestFor(content, { origin }), options);
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
    expect(asked).toBe(3);
  });

  test('is asked for again after a server was busy', async () => {
    let asked = 0;
    const { options, origin } = await setUp((...exchange) => {
      asked += 1;
      if (asked < 3) exchange[1].writeHead(503).end();
      else answer(exchange, content);
    });
    await openManifest(manifestFor(content, { origin }), options);
    expect(asked).toBe(3);
  });
});

describe('a download that cannot be used', () => {
  test.each([
    ['the wrong content', madeUpText(300_000, 9), /has SHA-256 [0-9a-f]{64} where [0-9a-f]{64} is expected/],
    ['a shorter file', content.subarray(0, 200_000), /offers 200000 bytes where 300000 are expected/],
    ['a longer file', Buffer.concat([content, content]), /offers 600000 bytes where 300000 are expected/],
  ])('is refused: %s', async (_what, served, message) => {
    const { options, cached, origin } = await setUp((...exchange) => answer(exchange, Buffer.from(served)));
    await expect(openManifest(manifestFor(content, { origin }), options)).rejects.toThrow(message);
    expect(await exists(cached)).toBe(false);
    expect(await exists(`${cached}.part`)).toBe(false);
  });

  test('is stopped at the listed size when the server does not say its own', async () => {
    let sent = 0;
    const { options, cached, origin } = await setUp((_request, response) => {
      const piece = madeUpText(64 * 1024);
      const more = (): void => {
        if (response.destroyed) return;
        sent += piece.length;
        response.write(piece, more);
      };
      more();
    });
    await expect(openManifest(manifestFor(content, { origin }), options)).rejects.toThrow(
      /more than the expected 300000 bytes/,
    );
    expect(sent).toBeLessThan(20_000_000);
    expect(await readdir(dirname(cached))).toEqual([]);
  });

  test('says in one line what was tried and what to do', async () => {
    const { options, cached, origin } = await setUp((_request, response) =>
      response.writeHead(404).end('nothing here'),
    );
    const error = await openManifest(manifestFor(content, { origin }), options).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'DataError', code: 'dataset/unavailable' });
    const { message } = error as Error;
    expect(message).not.toContain('\n');
    expect(message).toContain(`${origin}: not found (HTTP 404)`);
    expect(message).toContain(`save the file as ${cached}`);
    expect(message).toContain('UNROLL_DATASETS_MIRROR');
  });

  test('is refused without a network', async () => {
    const { options } = await setUp(() => {});
    // Nothing listens on the lowest port.
    const manifest = manifestFor(content, { origin: 'http://127.0.0.1:1/words.txt' });
    await expect(openManifest(manifest, options)).rejects.toMatchObject({
      code: 'dataset/unavailable',
      message: expect.stringContaining('connection refused') as string,
    });
  });

  test('is given up when the server falls silent', async () => {
    const { options, origin } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1000));
    });
    const hasty = { ...options, patience: { ...patience, idleMs: 100, retries: 0 } };
    await expect(openManifest(manifestFor(content, { origin }), hasty)).rejects.toThrow(/silent for 0.1 s/);
  });

  test('ends at once when it is aborted, and can be continued', async () => {
    const stop = new AbortController();
    const { options, origin } = await setUp((request, response) => {
      if (request.headers.range !== undefined) return answer([request, response], content);
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 100_000));
    });
    const onProgress = ({ receivedBytes }: FetchProgress): void => {
      if (receivedBytes >= 100_000) stop.abort(new Error('stopped by the user'));
    };
    const manifest = manifestFor(content, { origin });
    await expect(openManifest(manifest, { ...options, signal: stop.signal, onProgress })).rejects.toThrow(
      'stopped by the user',
    );
    const dataset = await openManifest(manifest, options);
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
  });
});

describe('redirects', () => {
  test('are followed', async () => {
    const { options, origin, requests } = await setUp((request, response) => {
      if (request.url === '/words.txt') response.writeHead(302, { location: '/elsewhere' }).end();
      else answer([request, response], content);
    });
    await openManifest(manifestFor(content, { origin }), options);
    expect(requests.map(({ path }) => path)).toEqual(['/words.txt', '/elsewhere']);
  });

  test.each([
    ['in a circle', '/words.txt', /more than 5 redirects/],
    ['to a file of this machine', 'file:///etc/passwd', /redirect to file:, which is not followed/],
    ['to nowhere', undefined, /redirect to nowhere/],
  ])('are not followed %s', async (_where, location, message) => {
    const { options, origin, requests } = await setUp((_request, response) => {
      response.writeHead(302, location === undefined ? {} : { location }).end();
    });
    await expect(openManifest(manifestFor(content, { origin }), options)).rejects.toThrow(message);
    expect(requests.length).toBeLessThanOrEqual(6);
  });
});

describe('the cache', () => {
  test.each([
    ['edited', (path: string) => writeFile(path, Buffer.from(content).fill(120, 5, 6))],
    ['cut short', (path: string) => truncate(path, 1000)],
  ])('replaces a copy that was %s', async (_how, damage) => {
    const { options, cached, origin, requests } = await setUp((...exchange) => answer(exchange, content));
    const manifest = manifestFor(content, { origin });
    await openManifest(manifest, options);
    await damage(cached);
    const dataset = await openManifest(manifest, options);
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
    expect(requests).toHaveLength(2);
  });

  test('says that its copy is damaged when it cannot be replaced', async () => {
    let up = true;
    const { options, cached, origin } = await setUp((...exchange) => {
      if (up) answer(exchange, content);
      else exchange[1].writeHead(404).end();
    });
    const manifest = manifestFor(content, { origin });
    await openManifest(manifest, options);
    up = false;
    await truncate(cached, 1000);
    await expect(openManifest(manifest, options)).rejects.toMatchObject({
      code: 'dataset/checksum',
      message: expect.stringContaining(`${cached}: has 1000 bytes where 300000 are expected`) as string,
    });
    // What the user had is still there.
    expect(await readFile(cached)).toHaveLength(1000);
  });

  test('says when a copy changed after it was checked', async () => {
    const { options, cached, origin } = await setUp((...exchange) => answer(exchange, content));
    const dataset = await openManifest(manifestFor(content, { origin }), options);
    await truncate(cached, 1000);
    await expect(readAll(dataset.splits['train']!)).rejects.toMatchObject({ code: 'dataset/changed' });
  });

  test('takes a file that was placed by hand', async () => {
    const { options, cached, requests } = await setUp((...exchange) => answer(exchange, content));
    await mkdir(dirname(cached), { recursive: true });
    await writeFile(cached, content);
    const dataset = await openManifest(manifestFor(content), options);
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
    expect(requests).toHaveLength(0);
  });

  test('says which folder cannot be written', async () => {
    const { options, origin } = await setUp((...exchange) => answer(exchange, content));
    const occupied = join(options.cacheDirectory, 'file');
    await writeFile(occupied, '');
    const elsewhere = { ...options, cacheDirectory: occupied };
    await expect(openManifest(manifestFor(content, { origin }), elsewhere)).rejects.toMatchObject({
      code: 'dataset/disk',
      message: expect.stringContaining('set UNROLL_CACHE') as string,
    });
  });
});

describe('a mirror', () => {
  const packed = gzipSync(content);
  const packedForm = { path: 'words.txt.gz', compression: 'gzip', bytes: packed.length, sha256: sha256(packed) };

  test('that is a folder is read in place, compressed or not', async () => {
    const { options, cached, origin, requests } = await setUp((...exchange) => answer(exchange, content));
    const mirror = await temporaryFolder();
    await mkdir(join(mirror, 'words'));
    await writeFile(join(mirror, 'words', 'words.txt.gz'), packed);
    const dataset = await openManifest(manifestFor(content, { origin, packed: packedForm }), { ...options, mirror });
    expect(sha256(await readAll(dataset.splits['valid']!))).toBe(sha256(content.subarray(270_000)));
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
    expect(requests).toHaveLength(0);
    expect(await exists(cached)).toBe(false);
  });

  test('that is a web address is asked before the origin, for each form', async () => {
    const { options, cached, origin, requests } = await setUp((request, response) => {
      if (request.url === '/mirror/words/words.txt') answer([request, response], content);
      else response.writeHead(404).end();
    });
    const mirror = origin.replace('words.txt', 'mirror/');
    await openManifest(manifestFor(content, { origin, packed: packedForm }), { ...options, mirror });
    expect(requests.map(({ path }) => path)).toEqual(['/mirror/words/words.txt.gz', '/mirror/words/words.txt']);
    expect(await exists(cached)).toBe(true);
  });

  test('that has the wrong file gives way to the origin', async () => {
    const { options, origin } = await setUp((...exchange) => answer(exchange, content));
    const mirror = await temporaryFolder();
    await mkdir(join(mirror, 'words'));
    await writeFile(join(mirror, 'words', 'words.txt'), madeUpText(300_000, 4));
    const dataset = await openManifest(manifestFor(content, { origin }), { ...options, mirror });
    expect(sha256(await readAll(dataset.files['words.txt']!))).toBe(sha256(content));
  });

  test('that is no folder is a mistake to mend, not to pass over', async () => {
    const { options, origin } = await setUp((...exchange) => answer(exchange, content));
    const mirror = join(options.cacheDirectory, 'nowhere');
    await expect(openManifest(manifestFor(content, { origin }), { ...options, mirror })).rejects.toMatchObject({
      code: 'dataset/mirror',
    });
  });

  test('whose compressed file ends too early is an error while it is read', async () => {
    const { options } = await setUp(() => {});
    const cut = packed.subarray(0, packed.length - 2000);
    const mirror = await temporaryFolder();
    await mkdir(join(mirror, 'words'));
    await writeFile(join(mirror, 'words', 'words.txt.gz'), cut);
    const form = { ...packedForm, bytes: cut.length, sha256: sha256(cut) };
    const dataset = await openManifest(manifestFor(content, { packed: form }), { ...options, mirror });
    await expect(readAll(dataset.files['words.txt']!)).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringContaining('the gzip data ends too early') as string,
    });
  });
});
