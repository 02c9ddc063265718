import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ByteSource } from '../data/byte-source.js';
import { folderTree } from './file-tree.js';

let folder: string;
let outside: string;
beforeEach(async () => {
  const base = await mkdtemp(join(tmpdir(), 'unroll-tree-'));
  folder = join(base, 'sounds');
  outside = join(base, 'outside');
  await mkdir(join(folder, 'b', 'deep'), { recursive: true });
  await mkdir(join(folder, '.hidden'));
  await mkdir(outside);
  for (const path of ['a.wav', 'b/Z.wav', 'b/a.wav', 'b/deep/x.wav', '.hidden/h.wav', '.secret.wav', 'a-b.wav']) {
    await writeFile(join(folder, path), `content of ${path}`);
  }
  await writeFile(join(outside, 'password'), 'secret');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

async function text(source: ByteSource | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source!.bytes()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

it('lists all files but hidden ones, in the same order everywhere', async () => {
  expect(await folderTree(folder).list()).toEqual(['a-b.wav', 'a.wav', 'b/Z.wav', 'b/a.wav', 'b/deep/x.wav']);
});

it('gives files by their path', async () => {
  const tree = folderTree(folder);
  expect(tree.name).toBe(folder);
  const file = tree.file('b/deep/x.wav');
  expect(file).toMatchObject({ name: join(folder, 'b', 'deep', 'x.wav'), size: 23 });
  expect(await text(file)).toBe('content of b/deep/x.wav');
  expect(tree.file('b/none.wav')).toBeUndefined();
  expect(tree.file('b')).toBeUndefined();
});

it('follows links that stay inside, and no others', async () => {
  await symlink(join(folder, 'b', 'a.wav'), join(folder, 'again.wav'));
  await symlink(join(folder, 'b', 'deep'), join(folder, 'short'));
  await symlink(join(outside, 'password'), join(folder, 'out.wav'));
  await symlink(outside, join(folder, 'out'));
  await symlink(join(folder, 'nowhere'), join(folder, 'broken.wav'));
  const tree = folderTree(folder);
  const paths = await tree.list();
  expect(paths.filter((path) => /again|short|out|broken/.test(path))).toEqual(['again.wav', 'short/x.wav']);
  expect(await text(tree.file('again.wav'))).toBe('content of b/a.wav');
  for (const path of ['out.wav', 'out/password', 'broken.wav']) expect(tree.file(path)).toBeUndefined();
});

it('does not go round in circles', async () => {
  await symlink(folder, join(folder, 'b', 'deep', 'top'));
  await symlink(join(folder, 'b'), join(folder, 'b', 'deep', 'up'));
  expect(await folderTree(folder).list()).toHaveLength(5);
});

it.each(['../outside/password', 'b/../../outside/password', '/etc/passwd', 'a\0.wav'])(
  'refuses the path %j',
  (path) => {
    expect(() => folderTree(folder).file(path)).toThrow(expect.objectContaining({ code: 'config/path' }) as Error);
  },
);

it('says in one line what is wrong with the folder', async () => {
  expect(() => folderTree(join(folder, 'none'))).toThrow(
    `unroll: cannot read ${join(folder, 'none')}: there is no such file or folder`,
  );
  expect(() => folderTree(join(folder, 'a.wav'))).toThrow('as a folder: it is a file');
  await expect(folderTree(folder, { mostFiles: 4 }).list()).rejects.toThrow('has more than 4 files');
  await expect(folderTree(folder, { deepest: 2 }).list()).rejects.toThrow('more than 2 folders lie within one another');
});
