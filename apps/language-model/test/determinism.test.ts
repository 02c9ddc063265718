import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('train-twice.ts', import.meta.url));
const reason = new URL('../../../packages/backend-native/build/native/cannot-build.txt', import.meta.url);

/** By precision and threads: the hashes of two runs with one seed and of a run with another. */
async function trainInNewProcess(): Promise<Readonly<Record<string, readonly [string, string, string]>>> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=unroll-source',
    '--import',
    'tsx',
    script,
  ]);
  return JSON.parse(stdout) as Readonly<Record<string, readonly [string, string, string]>>;
}

test('the same seed and threads give the same bits, in one process and in another', async ({ skip }) => {
  skip(existsSync(reason), 'there is nothing to build the native engine with');
  const first = await trainInNewProcess();
  const second = await trainInNewProcess();
  expect(second).toEqual(first);
  expect(Object.keys(first)).toEqual(['float32, 1', 'float32, 2', 'bfloat16, 1', 'bfloat16, 2']);
  for (const [once, again, otherSeed] of Object.values(first)) {
    expect(again).toBe(once);
    expect(otherSeed).not.toBe(once);
  }
  expect(first['bfloat16, 1']![0]).not.toBe(first['float32, 1']![0]);
});
