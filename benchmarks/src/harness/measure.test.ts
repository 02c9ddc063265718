import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { models, stacks, type Shape } from '../models.js';
import { measure, type Subject } from './measure.js';

const fixture = fileURLToPath(new URL('../../test/fixtures/worker.mjs', import.meta.url));
const options = { rounds: 2, turnMs: 1000, log: () => {} };
const works = [
  { work: 'train', count: 4 },
  { work: 'infer', count: 50 },
] as const;

function subject(name: string, flags: Readonly<Record<string, number>>, shape?: Shape): Subject {
  const worker = { command: process.execPath, arguments: [fixture, JSON.stringify({ name, ...flags })] };
  return { peer: { name, worker }, shape: shape ?? models['ptb-small']!, precision: 'float32', threads: 3, works };
}

test('subjects take turns, and each is summarised from its own answers', async () => {
  const [fast, slow] = await measure([subject('fast', { stepMs: 10 }), subject('slow', { stepMs: 30 })], options);
  expect(fast).toMatchObject({ peer: 'fast', engine: 'fast', threads: 3, parameters: 100, peakBytes: 2048 });
  // the fixture answers stepMs, stepMs + 1, … within a turn
  expect(fast!.ms.train).toMatchObject({ count: 8, minimum: 10, median: 11.5, maximum: 13, rounds: [11.5, 11.5] });
  expect(fast!.lossNats).toBe(9);
  expect(slow!.ms.train!.median).toBe(31.5);
  expect(slow!.ms.infer!.count).toBe(100);
});

test('who has taken far too long sits the remaining rounds out', async () => {
  const [fast, slow] = await measure([subject('fast', { stepMs: 10 }), subject('slow', { stepMs: 3000 })], options);
  expect(fast!.ms.train!.rounds).toHaveLength(2);
  expect(slow!.ms.train!.rounds).toHaveLength(1);
  expect(slow!.ms.infer!.rounds).toHaveLength(2);
});

test('models of different size are not compared; other shapes may be of any size', async () => {
  const other = subject('b', { stepMs: 1, parameters: 7 });
  await expect(measure([subject('a', { stepMs: 1 }), other], options)).rejects.toThrow('a has 100, b has 7 parameters');
  const stack = subject('b', { stepMs: 1, parameters: 7 }, stacks[0]);
  await expect(measure([subject('a', { stepMs: 1 }), stack], options)).resolves.toHaveLength(2);
});

test('a worker that dies is reported in its own words', async () => {
  await expect(measure([subject('mortal', { stepMs: 1, failAfter: 1 })], options)).rejects.toThrow(
    "the mortal worker ended at 'run':\nout of luck",
  );
});

test('a worker that cannot be started is reported', async () => {
  const missing = {
    ...subject('missing', {}),
    peer: { name: 'missing', worker: { command: '/no/such', arguments: [] } },
  };
  await expect(measure([missing], options)).rejects.toThrow(/the missing worker ended at 'start':\n.*ENOENT/);
});
