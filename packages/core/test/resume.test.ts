import { describe, expect, it } from 'vitest';
import { parseConfig, randomKey, train, trainingConfigSchema } from '@unroll/core';
import type { Checkpoint, TrainingConfigInput, TrainingEvent } from '@unroll/core';
import { collect, MemoryStore, ofType } from './support/memory-store.js';
import { createTinyTask, disposeTask } from './support/tiny-task.js';

const optimizers = [
  { name: 'sgd', learningRate: 0.5 },
  { name: 'momentum', learningRate: 0.2, nesterov: true },
  { name: 'rmsprop', learningRate: 0.01, momentum: 0.5 },
  { name: 'adam', learningRate: 0.02 },
  { name: 'adamw', learningRate: 0.02 },
] as const;

const schedules = {
  plateau: { name: 'plateau', factor: 0.5, minimumImprovement: 0.05 },
  cosine: { name: 'cosine', steps: 25, warmupSteps: 3 },
} as const;

async function run(config: TrainingConfigInput, resumeFrom?: Checkpoint) {
  const task = createTinyTask();
  const store = new MemoryStore();
  const options = { config: parseConfig(trainingConfigSchema, config), key: randomKey(4), store, clock: () => 0 };
  const events = await collect(train(task, { ...options, ...(resumeFrom && { resumeFrom }) }));
  disposeTask(task);
  return { events, store };
}

const after = (events: readonly TrainingEvent[], step: number) =>
  events.filter((event) => event.type !== 'started' && event.step > step);

describe('resume', () => {
  it.each(optimizers)('gives bit for bit what 20 steps in one go give: $name', async (optimizer) => {
    // 7 batches an epoch: step 10 is in the middle of the second, so state, order and dropout must all come back.
    const config = { epochs: 9, optimizer, clipNorm: 1, evaluateEverySteps: 3, schedule: schedules.plateau };
    const whole = await run({ ...config, maxSteps: 20 });
    const first = await run({ ...config, maxSteps: 10 });
    const second = await run({ ...config, maxSteps: 20 }, first.store.at(10));
    expect(after(second.events, 10)).toEqual(after(whole.events, 10));
    expect(second.store.at(20)).toEqual(whole.store.at(20));
    expect(ofType(second.events, 'step')).toHaveLength(10);
  });

  it.each(Object.entries(schedules))('goes on in the middle of accumulation and a %s schedule', async (_, schedule) => {
    // 7 batches in threes: steps of 3, 3 and 1 batches.
    const optimizer = { name: 'adam', learningRate: 0.05 } as const;
    const config = { epochs: 9, accumulationSteps: 3, checkpointEverySteps: 1, optimizer, schedule };
    const whole = await run({ ...config, maxSteps: 20 });
    for (const step of [1, 3, 8, 14]) {
      const rest = await run({ ...config, maxSteps: 20 }, whole.store.at(step));
      expect(after(rest.events, step), `resumed at ${step}`).toEqual(after(whole.events, step));
      expect(rest.store.at(20)).toEqual(whole.store.at(20));
    }
  });

  it('has schedules that move in these runs, and early stopping that counts on', async () => {
    const earlyStopping = { patience: 3, minimumImprovement: 0.5 };
    const config = {
      epochs: 9,
      checkpointEverySteps: 1,
      evaluateEverySteps: 2,
      earlyStopping,
      schedule: schedules.plateau,
    };
    const whole = await run(config);
    const rates = new Set(ofType(whole.events, 'step').map(({ learningRate }) => learningRate));
    expect(rates.size).toBeGreaterThan(1);
    expect(whole.events.at(-1)).toMatchObject({ type: 'stopped', reason: 'early-stopping', step: 8 });
    const rest = await run(config, whole.store.at(5));
    expect(after(rest.events, 5)).toEqual(after(whole.events, 5));
  });

  it('makes the evaluation again in which a run was interrupted', async () => {
    const task = createTinyTask();
    const valid = task.valid!;
    const controller = new AbortController();
    const aborting = {
      ...valid,
      *batches(epoch: number, key: readonly [number, number], from: number) {
        controller.abort();
        yield* valid.batches(epoch, key, from) as Iterable<never>;
      },
    };
    const config = { epochs: 2, evaluateEverySteps: 5 };
    const store = new MemoryStore();
    const options = { config: parseConfig(trainingConfigSchema, config), key: randomKey(4), store, clock: () => 0 };
    const events = await collect(train({ ...task, valid: aborting }, { ...options, signal: controller.signal }));
    disposeTask(task);
    expect(events.at(-1)).toMatchObject({ type: 'stopped', reason: 'interrupted', step: 5 });
    expect(ofType(events, 'evaluation')).toEqual([]);
    const rest = await run(config, store.at(5));
    const whole = await run(config);
    expect(ofType(rest.events, 'evaluation')).toEqual(ofType(whole.events, 'evaluation'));
  });
});
