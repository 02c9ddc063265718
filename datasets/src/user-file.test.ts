import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { openFile } from './user-file.js';

const folder = mkdtempSync(join(tmpdir(), 'unroll-user-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function textOf(path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await openFile(path)).bytes()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a file is read as it is, and decompressed when its name ends in .gz', async () => {
  writeFileSync(join(folder, 'a.txt'), 'Ä sea of words\n');
  writeFileSync(join(folder, 'a.txt.gz'), gzipSync('Ä sea of words\n'));
  expect(await textOf(join(folder, 'a.txt'))).toBe('Ä sea of words\n');
  expect(await textOf(join(folder, 'a.txt.gz'))).toBe('Ä sea of words\n');
  expect((await openFile(join(folder, 'a.txt'))).size).toBe(16);
  expect((await openFile(join(folder, 'a.txt.gz'))).size).toBeUndefined();
});

test('what cannot be read is one line that names the path', async () => {
  await expect(openFile(join(folder, 'none'))).rejects.toMatchObject({
    code: 'data/missing',
    message: `unroll: there is no file ${join(folder, 'none')}; check the path`,
  });
  await expect(openFile(folder)).rejects.toThrow(`unroll: cannot read ${folder}: it is a folder`);
  writeFileSync(join(folder, 'b.gz'), 'plain after all');
  await expect(textOf(join(folder, 'b.gz'))).rejects.toThrow(/b\.gz: the gzip data is damaged$/);
});
