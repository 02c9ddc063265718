import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { parseSafetensors, randomKey, uniform } from '@unroll/core';
import type { TrainingEvent } from '@unroll/core';
import { findCheckpoint } from '@unroll/core/node';
import { ofType } from './support/memory-store.js';
import { trainAndLog } from './support/train-in-folder.js';

const steps = 60;
const script = fileURLToPath(new URL('support/train-and-log.ts', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-kill-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Trains in a process of its own and kills it so long after its first step began. @returns its exit code, null if killed */
async function trainUntilKilled(run: string, afterMs: number): Promise<number | null> {
  const child = spawn(process.execPath, ['--conditions=unroll-source', '--import', 'tsx', script, run, String(steps)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exit = once(child, 'exit') as Promise<[number | null]>;
  await Promise.race([once(child.stdout, 'data'), exit]);
  await Promise.race([sleep(afterMs), exit]);
  child.kill('SIGKILL');
  const [code] = await exit;
  expect(errors).toBe('');
  return code;
}

async function readLog(run: string): Promise<TrainingEvent[]> {
  const lines = (await readFile(join(run, 'log.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as TrainingEvent);
}

it('killed again and again at random moments, a run ends where it would have ended', async ({ skip }) => {
  skip(tf.getBackend() !== 'cpu', 'the killed process runs on the plain JavaScript engine');
  const whole = join(folder, 'whole');
  await trainAndLog({ folder: whole, steps, resume: false });
  const killed = join(folder, 'killed');
  const delays = uniform(randomKey(11), 4);
  const exits: (number | null)[] = [];
  for (const delay of delays) exits.push(await trainUntilKilled(killed, 20 + delay * 400));
  expect(exits).toContain(null);
  expect(await trainUntilKilled(killed, 60_000)).toBe(0);

  const losses = async (run: string) =>
    ofType(await readLog(run), 'step').map(({ step, loss, learningRate }) => [step, loss, learningRate]);
  expect(await losses(killed)).toEqual(await losses(whole));
  expect(await losses(whole)).toHaveLength(steps);
  const [a, b] = [await findCheckpoint(killed), await findCheckpoint(whole)];
  expect({ ...a, folder: '' }).toEqual({ ...b, folder: '' });
  const models = [killed, whole].map(async (run) => parseSafetensors(await readFile(join(run, 'model.safetensors'))));
  const [killedModel, wholeModel] = await Promise.all(models);
  expect(killedModel).toEqual(wholeModel);
}, 120_000);
