import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { nativeEngineState } from '../src/native.js';

const main = fileURLToPath(new URL('worker-threads/main.mjs', import.meta.url));

it.each([
  'ends with its only worker',
  'is terminated while it computes',
  'computes in several threads at once',
  'is left computing',
])('the addon in a worker thread: %s', { timeout: 90_000 }, (name) => {
  const state = nativeEngineState();
  if (state.status !== 'ready') throw new Error(state.reason);
  const { status, signal, stderr } = spawnSync(process.execPath, [main, state.file, name], {
    encoding: 'utf8',
    timeout: 80_000,
  });
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
});
