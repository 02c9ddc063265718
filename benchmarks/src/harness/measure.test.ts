import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { models } from '../models.js';
import { measure, type Peer } from './measure.js';

const fixture = fileURLToPath(new URL('../../test/fixtures/worker.mjs', import.meta.url));
const shape = models['ptb-small']!;
const options = { shape, precision: 'float32', threads: 1, rounds: 2, steps: 4, log: () => {} } as const;

function peer(name: string, flags: Readonly<Record<string, number>>): Peer {
  return { name, worker: { command: process.execPath, arguments: [fixture, JSON.stringify({ name, ...flags })] } };
}

test('peers take turns, and each is summarised from its own answers', async () => {
  const [fast, slow] = await measure([peer('fast', { stepMs: 10 }), peer('slow', { stepMs: 30 })], options);
  expect(fast).toMatchObject({ peer: 'fast', engine: 'fast', parameters: 100, peakBytes: 2048, lossNats: 9 });
  // the fixture answers stepMs, stepMs + 1, … within a turn
  expect(fast!.stepMs).toMatchObject({ count: 8, minimum: 10, median: 11.5, maximum: 13 });
  expect(fast!.roundStepMs).toEqual([11.5, 11.5]);
  expect(fast!.tokensPerSecond).toBeCloseTo((400 * 1000) / 11.5);
  expect(slow!.stepMs.median).toBe(31.5);
  expect(slow!.startMs.count).toBe(3);
  expect(slow!.inferMs.count).toBe(100);
});

test('models of different size are not compared', async () => {
  const peers = [peer('a', { stepMs: 1 }), peer('b', { stepMs: 1, parameters: 7 })];
  await expect(measure(peers, options)).rejects.toThrow('a has 100, b has 7 parameters');
});

test('a worker that dies is reported in its own words', async () => {
  await expect(measure([peer('mortal', { stepMs: 1, failAfter: 1 })], options)).rejects.toThrow(
    "the mortal worker ended at 'train':\nout of luck",
  );
});

test('a worker that cannot be started is reported', async () => {
  const missing = { name: 'missing', worker: { command: '/no/such/program', arguments: [] } };
  await expect(measure([missing], options)).rejects.toThrow(/the missing worker ended at 'start':\n.*ENOENT/);
});
