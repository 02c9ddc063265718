import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  existsSync,
  readdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { ByteSource, FileTree } from '@unroll/core';
import { openArchive, type ArchiveLimits } from '@unroll/datasets';
import { tarFile } from '../scripts/tar-file.js';
import { madeUpText, readAll } from './look-alike.js';

const folder = mkdtempSync(join(tmpdir(), 'unroll-tar-'));
afterAll(() => rmSync(folder, { recursive: true }));

const long = `${'deep/'.repeat(40)}name.wav`;
const contents: Readonly<Record<string, Buffer>> = {
  'a.wav': madeUpText(1000),
  'b/empty.wav': Buffer.alloc(0),
  'b/exactly a block.wav': madeUpText(512, 2),
  [`${'x'.repeat(90)}/${'y'.repeat(90)}.wav`]: madeUpText(600, 3),
  [long]: madeUpText(700, 4),
  'b/über.wav': madeUpText(3, 5),
};

function sourceOf(content: Uint8Array, piece = 10_000): ByteSource {
  return {
    name: 'test.tar',
    size: content.length,
    async *bytes() {
      for (let start = 0; start < content.length; start += piece) yield content.slice(start, start + piece);
    },
  };
}

let archives = 0;

function opened(content: Uint8Array, limits: Partial<ArchiveLimits> = {}): Promise<FileTree> {
  return openArchive(sourceOf(content), { unpacked: join(folder, `cache-${(archives += 1)}`, 'unpacked.tar'), limits });
}

async function contentsOf(tree: FileTree): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  for (const path of await tree.list()) found[path] = await readAll(tree.file(path)!);
  return found;
}

describe.each(['ustar', 'pax', 'gnu', 'v7'] as const)('an archive in the form %s, written by tar', (form) => {
  const home = join(folder, form);
  // The oldest form has no place for long names.
  const own = Object.entries(contents).filter(([path]) => form !== 'v7' || path.length < 100);
  const paths = own.filter(([path]) => form !== 'ustar' || path !== long);
  for (const [path, content] of paths) {
    mkdirSync(join(home, dirname(path)), { recursive: true });
    writeFileSync(join(home, path), content);
  }
  execFileSync('tar', [`--format=${form}`, '-cf', `${home}.tar`, '-C', home, '.']);
  const packed = readFileSync(`${home}.tar`);

  test.each([
    ['in memory', {}, packed],
    ['compressed, in memory', {}, gzipSync(packed)],
    ['on the disk', { memoryBytes: 0 }, packed],
    ['compressed, on the disk', { memoryBytes: 0 }, gzipSync(packed)],
  ])('gives all of its files, %s', async (_where, limits, content) => {
    const tree = await opened(content, limits);
    expect(await tree.list()).toEqual(paths.map(([path]) => path).sort());
    expect(await contentsOf(tree)).toEqual(Object.fromEntries(paths));
    // and again
    expect(await readAll(tree.file('a.wav')!)).toEqual(contents['a.wav']);
    expect(tree.file('a.wav')!.size).toBe(1000);
    expect(tree.file('none.wav')).toBeUndefined();
  });
});

test('the archive that the scripts here write is one', async () => {
  const files = [
    { path: 'a.wav', content: contents['a.wav']! },
    { path: 'b.wav', content: Buffer.alloc(0) },
  ];
  expect(await contentsOf(await opened(tarFile(files)))).toEqual({
    'a.wav': files[0]!.content,
    'b.wav': files[1]!.content,
  });
});

test('a large archive is decompressed once, and what is left of an attempt that failed is removed', async () => {
  const packed = gzipSync(tarFile([{ path: 'a.wav', content: contents['a.wav']! }]));
  const home = join(folder, 'once');
  const options = { unpacked: join(home, 'unpacked.tar'), limits: { memoryBytes: 0 } };
  const broken = openArchive(sourceOf(packed.subarray(0, 600)), options);
  await expect(broken).rejects.toMatchObject({
    code: 'data/unreadable',
    message: 'unroll: cannot read test.tar: the gzip data ends too early',
  });
  expect(readdirSync(home)).toEqual([]);
  await Promise.all([openArchive(sourceOf(packed), options), openArchive(sourceOf(packed), options)]);
  expect(readdirSync(home)).toEqual(['unpacked.tar']);
  const neverRead: ByteSource = {
    name: 'never',
    size: packed.length,
    bytes: () => {
      throw new Error('read again');
    },
  };
  expect(await (await openArchive(neverRead, options)).list()).toEqual(['a.wav']);
  const stopped = { ...options, unpacked: join(folder, 'stopped', 'x.tar'), signal: AbortSignal.abort() };
  await expect(openArchive(sourceOf(packed), stopped)).rejects.toThrow(/abort/i);
});

/** One entry with a header that says something else. */
function changed(change: (header: Buffer) => void, size = 10): Buffer {
  const archive = Buffer.from(tarFile([{ path: 'a.wav', content: madeUpText(size) }]));
  change(archive);
  archive.write('        ', 148);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return archive;
}

/** A pax header in front of an entry. */
function withFacts(facts: string): Buffer {
  const content = Buffer.from(facts);
  const header = changed((archive) => {
    archive.write('x', 156);
    archive.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  }).subarray(0, 512);
  const padding = Buffer.alloc(-content.length & 511);
  return Buffer.concat([header, content, padding, tarFile([{ path: 'a.wav', content: madeUpText(10) }])]);
}

const named = (path: string) => changed((archive) => archive.fill(0, 0, 100).write(path, 0));

describe('an archive is refused', () => {
  test.each([
    ['with a path upwards', named('../../etc/passwd'), /"\.\.\/\.\.\/etc\/passwd" leads out of the archive/],
    ['with a path up in the middle', named('a/../../b.wav'), /leads out/],
    ['with an absolute path', named('/etc/passwd'), /leads out/],
    ['with a path of Windows', named('C:\\windows\\a.wav'), /leads out/],
    ['with a long path upwards', withFacts('22 path=../../a/b.wav\n'), /leads out/],
    ['with a symbolic link', changed((archive) => archive.write('2', 156)), /a\.wav is a link; only files and folders/],
    ['with a hard link', changed((archive) => archive.write('1', 156)), /a\.wav is a link/],
    ['with a device', changed((archive) => archive.write('3', 156)), /an entry of kind "3"/],
    [
      'with a damaged header',
      Buffer.from(tarFile([{ path: 'a.wav', content: madeUpText(9) }])).fill(1, 0, 3),
      /no tar header/,
    ],
    ['that is no tar', madeUpText(2000), /test\.tar, byte 0: this is no tar header \(wrong checksum\)/],
    [
      'that ends inside a file',
      changed(() => {}, 5000).subarray(0, 2000),
      /ends inside a\.wav: 5000 bytes are announced, 1488 are there/,
    ],
    ['that ends inside a header', changed(() => {}).subarray(0, 300), /ends inside a header/],
    [
      'with an endless file',
      changed((archive) => archive.write('77777777777\0', 124)),
      /ends inside a\.wav|has 8589934591 bytes/,
    ],
    ['with a file of no size', changed((archive) => archive.write('x'.repeat(12), 124)), /a\.wav has no size/],
    ['with a size below zero', changed((archive) => archive.fill(0xff, 124, 136)), /a\.wav has no size/],
    ['with damaged facts', withFacts('99 path=a\n'), /the pax header is damaged/],
    ['with a size in facts that is none', withFacts('12 size=1e9\n'), /no sound size/],
  ])('%s', async (_what, content, message) => {
    const opening = opened(content);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toMatchObject({ code: 'data/archive' });
  });

  test('that is longer than allowed, before it fills memory or disk', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const message = 'unroll: test.tar: its content is longer than 1000000 bytes';
    await expect(opened(bomb, { unpackedMemoryBytes: 1_000_000 })).rejects.toThrow(message);
    await expect(opened(bomb, { memoryBytes: 0, unpackedDiskBytes: 1_000_000 })).rejects.toThrow(message);
    const last = join(folder, `cache-${archives}`);
    expect(existsSync(last) ? readdirSync(last) : []).toEqual([]);
  });

  test('with a link that tar itself wrote', async () => {
    const home = join(folder, 'linked');
    mkdirSync(home);
    symlinkSync('/etc/passwd', join(home, 'a.wav'));
    execFileSync('tar', ['-cf', `${home}.tar`, '-C', home, '.']);
    await expect(opened(readFileSync(`${home}.tar`))).rejects.toThrow(/a\.wav is a link/);
  });
});

test('the last of two files of one path is the one', async () => {
  const files = ['first', 'second'].map((text) => ({ path: 'a.wav', content: Buffer.from(text) }));
  expect((await contentsOf(await opened(tarFile(files))))['a.wav']!.toString()).toBe('second');
});
