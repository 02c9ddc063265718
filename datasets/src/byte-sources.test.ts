import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { fileSource, joinedSource, type LocalFile } from './byte-sources.js';
import type { ManifestFile } from './manifest.js';

const folder = mkdtempSync(join(tmpdir(), 'unroll-bytes-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Longer than the 256 KiB that a file is read in, irregular so that a shift is seen. */
const content = Buffer.alloc(600_000);
for (let index = 0, state = 1; index < content.length; index += 1) {
  state = (state * 48271) % 2147483647;
  content[index] = state >> 8;
}
const file: ManifestFile = { path: 'x', bytes: content.length, sha256: '' };
writeFileSync(join(folder, 'x'), content);
writeFileSync(join(folder, 'x.gz'), gzipSync(content));
const forms: Record<'plain' | 'compressed', LocalFile> = {
  plain: { location: join(folder, 'x') },
  compressed: { location: join(folder, 'x.gz'), compression: 'gzip' },
};

async function read(source: { bytes(): AsyncIterable<Uint8Array> }): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.bytes()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const position = fc.integer({ min: 0, max: content.length });
const range = fc.tuple(position, position).map(([a, b]) => ({ file, start: Math.min(a, b), end: Math.max(a, b) }));

describe.each(Object.entries(forms))('a %s file', (_form, local) => {
  test('gives exactly the ranges asked for, on every pass', async () => {
    const parts = fc.array(range, { maxLength: 3 });
    const property = fc.asyncProperty(parts, fc.constantFrom('', '\n', 'ä\n'), async (parts, terminator) => {
      const pieces = parts.map((part) => ({ part, local }));
      const source = joinedSource('test', pieces, terminator);
      const ranges = parts.flatMap(({ start, end }) => [content.subarray(start, end), Buffer.from(terminator)]);
      const expected = Buffer.concat(ranges);
      expect((await read(source)).equals(expected)).toBe(true);
      expect((await read(source)).equals(expected)).toBe(true);
      expect(source.size).toBe(expected.length);
    });
    await fc.assert(property, { numRuns: 30, examples: [[[{ file, start: 10, end: 10 }], '\n']] });
  });

  test('gives many parts in their order, and says where one is missing', async () => {
    const borders = [0, 0, 10, 262_143, 262_145, 262_145, 400_000, 599_999, 600_000];
    const parts = borders.slice(1).map((end, index) => ({ file, start: borders[index]!, end }));
    const pieces = parts.map((part) => ({ part, local }));
    const expected = Buffer.concat(parts.flatMap(({ start, end }) => [content.subarray(start, end), Buffer.from('|')]));
    expect((await read(joinedSource('test', pieces, '|'))).equals(expected)).toBe(true);
    const longer = { ...file, bytes: content.length + 1 };
    const outside = [...parts.slice(0, 3), { start: 599_999, end: 600_001 }].map((part) => ({ ...part, file: longer }));
    const source = joinedSource(
      'test',
      outside.map((part) => ({ part, local })),
      '|',
    );
    await expect(read(source)).rejects.toMatchObject({ code: 'dataset/changed' });
  });

  test('closes the file when its reader leaves early', async () => {
    for (let pass = 0; pass < 50; pass += 1) {
      for await (const chunk of fileSource('test', file, local).bytes()) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(process.getActiveResourcesInfo().filter((kind) => kind.startsWith('FS')).length).toBeLessThan(5);
  });
});

// A plain file that is too long is found by its size before it is read.
test.each([
  ['plain', content.length + 1],
  ['compressed', content.length + 1],
  ['compressed', content.length - 1],
] as const)('a %s file that does not hold the %i listed bytes is an error', async (form, bytes) => {
  await expect(read(fileSource('test', { ...file, bytes }, forms[form]))).rejects.toMatchObject({
    code: 'dataset/changed',
  });
});

test('a compressed file is decompressed once for all of its parts, and as far as they reach', async () => {
  const location = join(folder, 'cut.gz');
  const packed = gzipSync(content);
  writeFileSync(location, packed.subarray(0, packed.length - 9));
  const parts = [...Array(2000).keys()].map((index) => ({ file, start: index * 290, end: index * 290 + 7 }));
  const source = joinedSource(
    'test',
    parts.map((part) => ({ part, local: { location, compression: 'gzip' } })),
    '',
  );
  const started = process.cpuUsage();
  expect(await read(source)).toHaveLength(14_000);
  expect(source.size).toBe(14_000);
  // One by one it takes more than 3 s, at once less than 0.1 s.
  expect(process.cpuUsage(started).user).toBeLessThan(1e6);
});

test('a file in memory is given as a copy', async () => {
  const local = { content: Buffer.from(content) };
  const source = fileSource('test', file, local);
  for await (const bytes of source.bytes()) bytes.fill(0);
  expect((await read(source)).equals(content)).toBe(true);
});

test('gzip data that is damaged or ends too early is an error that names the file', async () => {
  const packed = gzipSync(content);
  const location = join(folder, 'bad.gz');
  for (const [bad, reason] of [
    [packed.subarray(0, packed.length - 9), 'ends too early'],
    [Buffer.from(packed).fill(0, 2000, 2100), 'is damaged'],
    [Buffer.from('no gzip at all'), 'is damaged'],
  ] as const) {
    writeFileSync(location, bad);
    await expect(read(fileSource('test', file, { location, compression: 'gzip' }))).rejects.toMatchObject({
      code: 'data/unreadable',
      message: `unroll: cannot read ${location}: the gzip data ${reason}`,
    });
  }
});

test('a file that is not there any more is an error that names it', async () => {
  const location = join(folder, 'gone');
  await expect(read(fileSource('test', file, { location }))).rejects.toThrow(
    `unroll: cannot read ${location}: no such file`,
  );
});
