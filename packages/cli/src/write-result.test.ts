import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Output } from './output.js';
import { writeResult } from './write-result.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-writer-'));
});
afterEach(() => rm(folder, { recursive: true }));

const output = new Output({ quiet: true, json: false });

describe('a file of results', () => {
  test('is there when it is whole, and not before', async () => {
    const path = join(folder, 'out.conll');
    await writeFile(path, 'old');
    await writeResult(output, { path }, async (write) => {
      for (let i = 0; i < 3000; i++) await write(`${i} one line of some length\n`);
      expect(await readFile(path, 'utf8')).toBe('old');
    });
    const text = await readFile(path, 'utf8');
    expect(text.split('\n').slice(0, -1).map((line) => parseInt(line))).toEqual([...Array(3000).keys()]); // prettier-ignore
    expect(await readdir(folder)).toEqual(['out.conll']);
  });

  test('that fails leaves what was there', async () => {
    const path = join(folder, 'out.conll');
    await writeFile(path, 'old');
    const fails = writeResult(output, { path, immediately: true }, async (write) => {
      await write('half');
      throw new Error('in the middle');
    });
    await expect(fails).rejects.toThrow('in the middle');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['out.conll']);
  });

  test('does not take the place of a pipe', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const written = writeResult(output, { path }, (write) => write('through'));
    const [, read] = await Promise.all([written, readFile(path, 'utf8')]);
    expect(read).toBe('through');
    expect((await lstat(path)).isFIFO()).toBe(true);
  });

  test('in a folder that is not there is told in one line', async () => {
    await expect(writeResult(output, { path: join(folder, 'no', 'out') }, () => Promise.resolve())).rejects.toThrow(
      /^unroll: cannot write .*no.out: there is no such file or folder$/,
    );
  });
});
