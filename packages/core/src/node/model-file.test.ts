import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serializeSafetensors, type NamedArrays } from '../safetensors.js';
import { readModelFile, serializeModel } from './model-file.js';

const arrays: NamedArrays = {
  'head.bias': { dtype: 'float32', shape: [3], values: Float32Array.of(0.5, -1.25, 3) },
  'embedding.table': { dtype: 'float32', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) },
};
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-model-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('weights come back with their metadata', async () => {
  const path = join(folder, 'good.safetensors');
  await writeFile(path, serializeModel(arrays, { task: 'x' }));
  const content = await readModelFile(path);
  expect(content.arrays).toEqual(arrays);
  expect(content.metadata['task']).toBe('x');
});

test('a changed weight, a changed name and a cut file are noticed', async () => {
  const path = join(folder, 'bad.safetensors');
  const bytes = Buffer.from(serializeModel(arrays));
  const flipped = Buffer.from(bytes);
  flipped[flipped.length - 2]! ^= 0x10;
  const renamed = Buffer.from(bytes.toString('latin1').replace('head.bias', 'head.bios'), 'latin1');
  for (const [damaged, message] of [
    [flipped, /was changed after it was saved/],
    [renamed, /was changed after it was saved/],
    [bytes.subarray(0, -5), /bad\.safetensors/],
  ] as const) {
    await writeFile(path, damaged);
    await expect(readModelFile(path)).rejects.toThrow(message);
    await expect(readModelFile(path)).rejects.toMatchObject({ code: 'checkpoint/damaged' });
  }
});

test('files of other programs have no checksum, and a missing file is told', async () => {
  const path = join(folder, 'foreign.safetensors');
  await writeFile(path, serializeSafetensors(arrays));
  expect((await readModelFile(path)).arrays).toEqual(arrays);
  await expect(readModelFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'checkpoint/missing' });
  expect((await readFile(path)).length).toBeGreaterThan(0);
});
