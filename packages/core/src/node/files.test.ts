import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ByteSource } from '../data/byte-source.js';
import { DataError } from '../errors.js';
import { fileSource, stdinSource } from './byte-sources.js';
import { fileError } from './file-errors.js';
import { writeFileAtomically } from './write-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function content(source: ByteSource): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.bytes()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('writeFileAtomically', () => {
  it('replaces a file and leaves nothing else', async () => {
    const path = join(folder, 'model.bin');
    await writeFileAtomically(path, 'old');
    await writeFileAtomically(path, Uint8Array.from([1, 2, 3]));
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(['model.bin']);
  });

  it('writes to a pipe, and does not take its place', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const [, read] = await Promise.all([writeFileAtomically(path, 'through'), readFile(path, 'utf8')]);
    expect(read).toBe('through');
    expect((await lstat(path)).isFIFO()).toBe(true);
    expect(await readdir(folder)).toEqual(['pipe']);
  });

  it('writes what a link leads to, a file or a pipe, and leaves the link', async () => {
    const [file, pipe] = [join(folder, 'file'), join(folder, 'pipe')];
    const [toFile, toPipe] = [join(folder, 'to-file'), join(folder, 'to-pipe')];
    await writeFile(file, 'old');
    execFileSync('mkfifo', [pipe]);
    await symlink(file, toFile);
    await symlink(pipe, toPipe);
    await writeFileAtomically(toFile, 'new');
    const [, read] = await Promise.all([writeFileAtomically(toPipe, 'through'), readFile(pipe, 'utf8')]);
    expect([await readFile(file, 'utf8'), read]).toEqual(['new', 'through']);
    for (const link of [toFile, toPipe]) expect((await lstat(link)).isSymbolicLink()).toBe(true);
  });

  it('keeps the old file when it cannot write the new one', async () => {
    const path = join(folder, 'taken');
    await mkdir(join(path, 'full'), { recursive: true });
    await expect(writeFileAtomically(path, 'new')).rejects.toThrow(DataError);
    expect(existsSync(join(path, 'full'))).toBe(true);
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('says in one line that the folder is missing', async () => {
    const path = join(folder, 'nowhere', 'file');
    const message = `unroll: cannot write ${path}: there is no such file or folder`;
    await expect(writeFileAtomically(path, '')).rejects.toMatchObject({ code: 'file/enoent', message });
  });
});

describe('fileSource', () => {
  it('gives a file as often as it is asked for, in pieces', async () => {
    const path = join(folder, 'data');
    const bytes = Buffer.alloc((1 << 20) + 17, 'abc');
    await writeFile(path, bytes);
    const source = fileSource(path);
    expect(source).toMatchObject({ name: path, size: bytes.length });
    expect((await content(source)).equals(bytes)).toBe(true);
    expect((await content(source)).equals(bytes)).toBe(true);
  });

  it('gives a file from a byte on', async () => {
    const path = join(folder, 'data');
    await writeFile(path, 'abcdefgh');
    const from = async (offset: number) => content({ name: path, bytes: () => fileSource(path).bytesFrom!(offset) });
    expect(String(await from(3))).toBe('defgh');
    expect(String(await from(8))).toBe('');
    expect(String(await from(99))).toBe('');
  });

  it('says in one line what is wrong with the path', async () => {
    expect(() => fileSource(join(folder, 'no'))).toThrow(
      `unroll: cannot read ${join(folder, 'no')}: there is no such file or folder`,
    );
    expect(() => fileSource(folder)).toThrow(`unroll: cannot read ${folder}: it is a folder, a file is needed`);
    const path = join(folder, 'gone');
    await writeFile(path, 'x');
    const source = fileSource(path);
    await rm(path);
    await expect(content(source)).rejects.toThrow(DataError);
  });
});

describe('stdinSource', () => {
  it('keeps what came in for a second pass', async () => {
    const source = stdinSource(Readable.from([Buffer.from('one '), Buffer.from('two')]));
    expect((await content(source)).toString()).toBe('one two');
    expect((await content(source)).toString()).toBe('one two');
    expect(source.name).toBe('standard input');
  });
});

describe('fileError', () => {
  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EACCES', 'no permission'],
    ['EROFS', 'the file system is read-only'],
    ['EIO', 'EIO'],
  ])('says what %s means', (code, reason) => {
    const cause = Object.assign(new Error('write'), { code, syscall: 'write' });
    expect(fileError(cause, 'write', '/data/run')).toMatchObject({
      code: `file/${code.toLowerCase()}`,
      message: `unroll: cannot write /data/run: ${reason}`,
      cause,
    });
  });

  it('leaves other errors alone', () => {
    const bug = new TypeError('no function');
    expect(fileError(bug, 'write', 'x')).toBe(bug);
  });
});
