import * as tf from '@tensorflow/tfjs-core';
import { parseConfig, randomKey, train, trainingConfigSchema, type TrainingEvent } from '@unroll/core';
import { pauses, StepProfiler, type StageSource } from '@unroll/core/profiling';
import { expectTrace } from '@unroll/core/testing';
import { describe, expect, test } from 'vitest';
import { createTinyTask, disposeTask } from './support/tiny-task.js';

const clock = (): number => performance.now();

interface Observed {
  readonly events: readonly TrainingEvent[];
  readonly elapsedMs: number;
}

/** Trains the tiny model for ten steps with an evaluation after the sixth, watched or not. */
async function observe(profiler?: StepProfiler): Promise<Observed> {
  const task = createTinyTask();
  const config = parseConfig(trainingConfigSchema, { epochs: 9, maxSteps: 10, evaluateEverySteps: 6 });
  const watched = profiler ? { ...task, train: profiler.watchBatches(task.train) } : task;
  const events: TrainingEvent[] = [];
  const beginMs = clock();
  const steps = train(watched, { config, key: randomKey(4), clock });
  for await (const event of profiler?.watchEvents(steps) ?? steps) events.push(event);
  disposeTask(task);
  return { events, elapsedMs: clock() - beginMs };
}

function profilerOf(options: { steps: number; warmUpSteps: number; stages?: StageSource }): StepProfiler {
  return new StepProfiler({ backendName: tf.getBackend(), clock, ...options });
}

describe('a profiled training run', () => {
  test('has its steps measured from the warm-up on, their shares add up, and times fit into the run', async () => {
    const profiler = profilerOf({ steps: 5, warmUpSteps: 3 });
    const { elapsedMs } = await observe(profiler);
    expect(profiler.finished).toBe(true);
    const profile = profiler.profile()!;
    expect(profile).toMatchObject({ steps: 5, stepsBefore: 3, lostSpans: 0 });
    expect(profile.rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(profile.rows.every(({ msPerStep }) => msPerStep >= 0)).toBe(true);
    expect(profile.stepMs.mean * 5).toBeLessThan(elapsedMs);
    expect(profile.rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['BatchMatMul', pauses.data, pauses.log]),
    );
    const spans = expectTrace(profiler.trace('tiny', {}));
    expect(spans.filter(({ cat }) => cat === 'step').map(({ name }) => name)).toEqual(
      [4, 5, 6, 7, 8].map((step) => `step ${step}`),
    );
  });

  test('gives the same numbers as one that is not, and leaves the kernels as they were', async () => {
    const before = tf.getKernelsForBackend(tf.getBackend()).map(({ kernelFunc }) => kernelFunc);
    const losses = ({ events }: Observed) => events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
    expect(losses(await observe(profilerOf({ steps: 100, warmUpSteps: 1 })))).toEqual(losses(await observe()));
    const after = tf.getKernelsForBackend(tf.getBackend()).map(({ kernelFunc }) => kernelFunc);
    expect(new Set(after)).toEqual(new Set(before));
  });

  test('shorter than asked for is measured as far as it came; within the warm-up not at all', async () => {
    const short = profilerOf({ steps: 100, warmUpSteps: 8 });
    await observe(short);
    expect(short.finished).toBe(false);
    expect(short.profile()).toMatchObject({ steps: 2, stepsBefore: 8 });
    const none = profilerOf({ steps: 100, warmUpSteps: 10 });
    await observe(none);
    expect(none.profile()).toBe(undefined);
  });

  test('an evaluation belongs to no step', async () => {
    const profiler = profilerOf({ steps: 9, warmUpSteps: 1 });
    await observe(profiler);
    const spans = expectTrace(profiler.trace('tiny', {}));
    const [sixth, seventh] = [6, 7].map((step) => spans.find(({ name }) => name === `step ${step}`)!);
    // The evaluation runs two batches forward; the pause between two steps without one is some microseconds.
    expect(seventh!.ts - (sixth!.ts + sixth!.dur)).toBeGreaterThan(100);
    const perStep = spans.filter(({ cat }) => cat === 'step').length;
    expect(spans.filter(({ name }) => name === pauses.data)).toHaveLength(perStep);
  });

  test('asks the engine for stages while it measures, and only then', async () => {
    const calls: string[] = [];
    const stages: StageSource = {
      start: () => calls.push('start'),
      take: () => {
        calls.push('take');
        return { spans: () => [], lost: 1 };
      },
      stop: () => calls.push('stop'),
    };
    const profiler = profilerOf({ steps: 2, warmUpSteps: 2, stages });
    await observe(profiler);
    expect(calls).toEqual(['start', 'take', 'take', 'stop']);
    expect(profiler.profile()).toMatchObject({ lostSpans: 2 });
  });
});
