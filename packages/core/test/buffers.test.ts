import * as tf from '@tensorflow/tfjs-core';
import {
  BatchNorm,
  disposeParameters,
  parseConfig,
  randomKey,
  train,
  trainingConfigSchema,
  type Task,
} from '@unroll/core';
import type { Checkpoint, TrainingConfigInput } from '@unroll/core';
import { describe, expect, it } from 'vitest';
import { collect, MemoryStore, ofType } from './support/memory-store.js';
import { createTinyTask, disposeTask, type TinyBatch } from './support/tiny-task.js';

/** The tiny task with a normalisation of its loss's weights beside it, so that there are running statistics. */
function createNormedTask(poisonedStep = 0): Task<TinyBatch> {
  const tiny = createTinyTask();
  const norm = new BatchNorm({ size: 6 });
  const parameters = { ...tiny.parameters, 'norm.scale': norm.parameters.scale, 'norm.offset': norm.parameters.offset };
  let losses = 0;
  return {
    ...tiny,
    parameters,
    buffers: { 'norm.mean': norm.buffers.mean, 'norm.variance': norm.buffers.variance },
    loss(batch, context) {
      const loss = tiny.loss(batch, context);
      const rows = tf.gather(
        tiny.parameters['embedding.kernel']!,
        tf.tensor2d(
          batch.map((row) => [...row]),
          undefined,
          'int32',
        ),
      );
      if (!context.training) return { ...loss, sum: tf.add<tf.Scalar>(loss.sum, tf.mean(tf.square(norm.apply(rows)))) };
      const { output, running } = norm.applyToBatch(rows);
      const sum = tf.add<tf.Scalar>(loss.sum, tf.mean(tf.square(output)));
      const buffers = { 'norm.mean': running.mean, 'norm.variance': running.variance };
      losses++;
      return { ...loss, sum: losses === poisonedStep ? tf.mul<tf.Scalar>(sum, NaN) : sum, buffers };
    },
  };
}

function disposeNormed(task: Task<TinyBatch>): void {
  disposeTask(task);
  disposeParameters(task.buffers!);
}

async function run(config: TrainingConfigInput, resumeFrom?: Checkpoint) {
  const task = createNormedTask();
  const store = new MemoryStore();
  const parsed = parseConfig(trainingConfigSchema, {
    epochs: 5,
    optimizer: { name: 'adam', learningRate: 0.02 },
    ...config,
  });
  const options = { config: parsed, key: randomKey(4), store, clock: () => 0 };
  const events = await collect(train(task, { ...options, ...(resumeFrom && { resumeFrom }) }));
  disposeNormed(task);
  return { events, store };
}

describe('buffers of a task', () => {
  it.each([1, 3])('are moved, saved and resumed bit for bit, with %i batches a step', async (accumulationSteps) => {
    const whole = await run({ maxSteps: 9, accumulationSteps });
    const first = await run({ maxSteps: 5, accumulationSteps });
    const second = await run({ maxSteps: 9, accumulationSteps }, first.store.at(5));
    const [five, last] = [first.store.at(5).parameters, whole.store.at(9).parameters];
    expect(Object.keys(five)).toContain('norm.mean');
    expect(five['norm.mean']!.values).not.toEqual(last['norm.mean']!.values);
    expect(second.store.at(9)).toEqual(whole.store.at(9));
    expect(ofType(second.events, 'evaluation')).toEqual(
      ofType(whole.events, 'evaluation').filter(({ step }) => step > 5),
    );
  });

  it('moves them by every batch of a step, each from where the one before has left them', async () => {
    const [one, three] = [await run({ maxSteps: 1 }), await run({ maxSteps: 1, accumulationSteps: 3 })];
    const mean = ({ store }: { store: MemoryStore }) => store.at(1).parameters['norm.mean']!.values;
    // All three batches have about one mean m, and 1 − 0.9³ of it is more than 1 − 0.9.
    const ratio = Math.hypot(...mean(three)) / Math.hypot(...mean(one));
    expect(ratio).toBeGreaterThan(2);
    expect(ratio).toBeLessThan(3.5);
  });

  it('are those of before where a step fails, and no tensor stays behind', async () => {
    const task = createNormedTask(4);
    const before = tf.memory().numTensors;
    const options = {
      config: parseConfig(trainingConfigSchema, { accumulationSteps: 2, epochs: 3 }),
      key: randomKey(4),
    };
    const means: string[] = [];
    const read = () => means.push(task.buffers!['norm.mean']!.dataSync().join());
    const running = async () => {
      for await (const event of train(task, { ...options, clock: () => 0 })) if (event.type === 'step') read();
    };
    // The second batch of the second step is no number: what its first one moved is taken back.
    await expect(running()).rejects.toThrow('the loss became NaN in step 2');
    read();
    expect(means[1]).toBe(means[0]);
    expect(means[0]).not.toBe(Array.from({ length: 6 }, () => 0).join());
    expect(tf.memory().numTensors).toBe(before);
    disposeNormed(task);
  });
});
