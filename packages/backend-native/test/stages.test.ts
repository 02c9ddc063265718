import * as tf from '@tensorflow/tfjs-core';
import { nativeStages } from '@unroll/backend-native';
import { LstmCell, randomKey, unroll } from '@unroll/core';
import { watchKernels, type Span } from '@unroll/core/profiling';
import { expect, test } from 'vitest';

const clock = (): number => performance.now();
const [timeSteps, batchSize, inputSize, hiddenSize] = [6, 5, 32, 48];
const cell = new LstmCell({ inputSize, hiddenSize, key: randomKey(1) });

function walk(): void {
  tf.tidy(() => {
    const input = tf.randomUniform<tf.Rank.R3>([timeSteps, batchSize, inputSize], -1, 1, 'float32', 3);
    unroll(cell, input);
  });
}

test('the stages of a kernel lie within it, and together do its work', () => {
  walk();
  const kernels: Span[] = [];
  nativeStages.start(clock);
  const stop = watchKernels('native', { clock, onSpan: (span) => kernels.push(span) });
  walk();
  stop();
  const { spans, lost } = nativeStages.take();
  nativeStages.stop();
  expect(lost).toBe(0);
  const kernel = kernels.find(({ name }) => name === 'LstmSequence')!;
  // A walk of one thread takes the input product on all of them, which is a product inside of that stage.
  const stages = spans().filter(
    ({ name, beginMs }) => name !== 'product' && beginMs >= kernel.beginMs && beginMs <= kernel.endMs,
  );
  expect(new Set(stages.map(({ name }) => name))).toEqual(
    new Set(['pack', 'wait for threads', 'input product', 'recurrent product', 'gates']),
  );
  const microsecond = 1e-3;
  expect(stages.every(({ endMs }) => endMs <= kernel.endMs + microsecond)).toBe(true);
  const steps = stages.filter(({ name, thread }) => name === 'recurrent product' && thread === 0);
  expect(steps).toHaveLength(timeSteps);
  expect(stages.reduce((sum, { operations = 0 }) => sum + operations, 0)).toBe(kernel.operations);
  const product = stages.find(({ name }) => name === 'input product')!;
  expect(product.sizes).toEqual([timeSteps * batchSize, expect.any(Number), inputSize]);
});

test('nothing is recorded unless it was asked for', () => {
  nativeStages.stop();
  walk();
  expect(nativeStages.take().spans()).toEqual([]);
  nativeStages.stop();
});
