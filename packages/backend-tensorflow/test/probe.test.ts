import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askProcess } from '../src/probe-answer.js';
import { write } from './support/made-up-package.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-probe-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ask = (text: string, timeoutMs = 20_000) => {
  write(join(folder, 'main.cjs'), text);
  return askProcess(join(folder, 'main.cjs'), timeoutMs);
};

it('gives what the other process sends, also if that crashes then', async () => {
  const report = { state: { status: 'ready', version: '2.99.1' }, fusedKernels: ['LstmSequence'] };
  expect(await ask(`process.send(${JSON.stringify(report)}, () => process.abort())`)).toEqual(report);
});

it.each([
  ['process.abort();', /^the process that loads TensorFlow was ended by SIGABRT$/],
  ['process.exit(127);', /^the process that loads TensorFlow was ended with exit code 127$/],
  [
    'throw new RangeError("too deep");',
    /^the process that loads TensorFlow was ended with exit code 1: RangeError: too deep$/,
  ],
  ['console.error("symbol lookup error: TFE_X"); process.exit(127);', /127: symbol lookup error: TFE_X$/],
])('survives a process that does not answer: %s', async (text, reason) => {
  const { state, fusedKernels } = await ask(text);
  expect(state).toMatchObject({
    status: 'missing',
    cause: 'does-not-load',
    reason: expect.stringMatching(reason) as string,
  });
  expect(fusedKernels).toEqual([]);
});

it('does not wait for ever', async () => {
  const { state } = await ask('setInterval(() => {}, 1000); console.log("x".repeat(1e6))', 700);
  expect('reason' in state && state.reason).toBe('the process that loads TensorFlow has not answered in 0.7 s');
});
