import * as tf from '@tensorflow/tfjs-core';
import type { SequenceAttributes } from '../ops/kernel-names.js';
import { describe, expect, test } from 'vitest';
import { kernelCost } from './kernel-cost.js';
import type { Span } from './span.js';
import { watchKernels } from './watch-kernels.js';

function watched(body: () => void): Span[] {
  const spans: Span[] = [];
  const stop = watchKernels(tf.getBackend(), { clock: () => performance.now(), onSpan: (span) => spans.push(span) });
  try {
    tf.tidy(body);
  } finally {
    stop();
  }
  return spans;
}

describe('a watch', () => {
  test('sees every kernel with its time and cost, and leaves the engine as it was', () => {
    const before = tf.getKernel('BatchMatMul', tf.getBackend()).kernelFunc;
    const begin = performance.now();
    const spans = watched(() => {
      const [a, b] = [tf.ones<tf.Rank.R2>([3, 4]), tf.ones<tf.Rank.R2>([5, 4])];
      tf.add(tf.matMul(a, b, false, true), 1).dataSync();
    });
    const end = performance.now();
    const product = spans.filter(({ name }) => name === 'BatchMatMul');
    expect(product).toEqual([
      expect.objectContaining({ thread: 0, operations: 2 * 3 * 4 * 5, bytes: 4 * (12 + 20 + 15) }),
    ]);
    expect(spans.some(({ name }) => name === 'Add')).toBe(true);
    for (const [i, { beginMs, endMs }] of spans.entries()) {
      expect(beginMs).toBeGreaterThanOrEqual(spans[i - 1]?.endMs ?? begin);
      expect(endMs).toBeGreaterThanOrEqual(beginMs);
      expect(endMs).toBeLessThanOrEqual(end);
    }
    expect(tf.getKernel('BatchMatMul', tf.getBackend()).kernelFunc).toBe(before);
  });

  test('an error passes through, and the next kernel is seen', () => {
    const spans = watched(() => {
      expect(() => tf.engine().runKernel('BatchMatMul', {}, {})).toThrow(TypeError);
      tf.square(tf.ones([2]));
    });
    expect(spans.map(({ name }) => name)).toContain('Square');
    expect(spans.map(({ name }) => name)).not.toContain('BatchMatMul');
  });
});

const read = (): number[] => [];

/** A tensor that is nothing but its shape. */
function shaped(shape: number[], dtype: tf.DataType = 'float32'): tf.TensorInfo {
  return { dataId: {}, shape, dtype };
}

describe('the cost of a call', () => {
  const [timeSteps, batchSize, inputSize, hiddenSize] = [7, 3, 5, 2];
  const recurrent = {
    input: shaped([timeSteps, batchSize, inputSize]),
    inputKernel: shaped([inputSize, 4 * hiddenSize]),
    recurrentKernel: shaped([hiddenSize, 4 * hiddenSize]),
  };
  const attrs = { reverse: false } satisfies SequenceAttributes as unknown as tf.NamedAttrMap;

  test('of a sequence: both products of every step, inputs and outputs once', () => {
    const outputs = [shaped([timeSteps, batchSize, hiddenSize])];
    expect(kernelCost('LstmSequence', { inputs: recurrent, attrs, outputs, read })).toEqual({
      operations: 2 * 7 * 3 * 8 * (5 + 2),
      bytes: 4 * (7 * 3 * 5 + 5 * 8 + 2 * 8 + 7 * 3 * 2),
    });
  });

  test('of a sequence with lengths: padding costs nothing', () => {
    const inputs = { ...recurrent, lengths: shaped([batchSize], 'int32') };
    const call = { inputs, attrs, outputs: [], read: () => Int32Array.of(7, 2, 0) };
    expect(kernelCost('LstmSequence', call).operations).toBe(2 * (7 + 2) * 8 * (5 + 2));
  });

  test.each([
    [true, 4 * 7 * 3 * 8 * (5 + 2)],
    [false, 2 * 7 * 3 * 8 * (5 + 2 * 2)],
  ])('of its gradient: twice as many operations; with that of the input: %s', (inputGradient, operations) => {
    const call = { inputs: recurrent, attrs: { ...attrs, inputGradient }, outputs: [], read };
    expect(kernelCost('LstmSequenceGrad', call).operations).toBe(operations);
  });

  test.each([
    [true, 6],
    [false, 2],
  ])('of the output layer with gradient %s', (withGradient, factor) => {
    const inputs = { hidden: shaped([6, 3]), kernel: shaped([10, 3]), targets: shaped([6], 'int32') };
    const attributes = { withGradient, transposeKernel: true, labelSmoothing: 0 };
    const call = { inputs, attrs: attributes, outputs: [shaped([6])], read };
    expect(kernelCost('LinearCrossEntropy', call)).toEqual({
      operations: factor * 6 * 3 * 10,
      bytes: 4 * (18 + 30 + 6 + 6),
    });
  });

  test.each([
    ['CrfLogLikelihood', 1],
    ['CrfLogLikelihoodGrad', 3],
    ['CrfViterbi', 1],
  ])('of %s: every pair of tags of a real step, %i times', (name, walks) => {
    const inputs = { emissions: shaped([4, 2, 7]), lengths: shaped([2]) };
    const { operations } = kernelCost(name, { inputs, attrs: {}, outputs: [], read: () => [4, 1] });
    expect(operations).toBe(walks * 2 * (4 + 1) * 49);
  });

  test.each([
    ['SoftAttention', 1],
    ['SoftAttentionGrad', 2],
  ])('of %s: scores and contexts of real places, %i times', (name, times) => {
    const inputs = { query: shaped([3, 2, 5]), keys: shaped([4, 2, 5]), values: shaped([4, 2, 6]) };
    const costOf = (more: object) =>
      kernelCost(name, { inputs: { ...inputs, ...more }, attrs: {}, outputs: [], read: () => [4, 1] });
    expect(costOf({}).operations).toBe(times * 2 * 3 * (2 * 4) * (5 + 6));
    expect(costOf({ lengths: shaped([2], 'int32') }).operations).toBe(times * 2 * 3 * (4 + 1) * (5 + 6));
  });

  test.each([
    ['AttentionSequence', 1],
    ['InputFeedingSequenceGrad', 2],
  ])('of %s: every kernel in every step, scores and contexts of real places, %i times', (name, times) => {
    const inputs = {
      input: shaped([3, 2, 5]),
      'first.inputKernel': shaped([5, 12]),
      queryKernel: shaped([4, 6]),
      keys: shaped([7, 2, 6]),
      values: shaped([7, 2, 8]),
      sourceLengths: shaped([2], 'int32'),
    };
    const { operations } = kernelCost(name, { inputs, attrs: {}, outputs: [], read: () => [7, 1] });
    expect(operations).toBe(times * 2 * 3 * (2 * (5 * 12 + 4 * 6) + (7 + 1) * (6 + 8)));
  });

  test('of an update: gradients twice, parameters and moments to and fro', () => {
    const none = { l1: 0, l2: 0, weightDecay: 0 };
    const update = { ...none, parameter: shaped([4, 5]), gradient: shaped([4, 5]), slots: [shaped([4, 5])] };
    const costOf = (attributes: object) =>
      kernelCost('OptimizerStep', { inputs: {}, attrs: attributes as unknown as tf.NamedAttrMap, outputs: [], read });
    const momentum = { rule: { name: 'momentum' }, updates: [update, update] };
    expect(costOf(momentum)).toEqual({ operations: 0, bytes: 2 * 4 * 20 * (2 + 4) });
    const byRows = { ...update, gradient: shaped([2, 5]), rows: shaped([2], 'int32'), slots: [] };
    expect(costOf({ rule: { name: 'sgd' }, updates: [byRows] }).bytes).toBe(4 * (4 * 10 + 2));
    expect(costOf({ rule: { name: 'sgd' }, updates: [{ ...byRows, weightDecay: 0.1 }] }).bytes).toBe(4 * (20 + 40 + 2));
  });

  test('of a gather: the rows that are picked; of a view: nothing', () => {
    const table = shaped([1000, 8]);
    const picked = { inputs: { x: table, indices: shaped([5], 'int32') }, attrs: {}, outputs: [shaped([5, 8])], read };
    expect(kernelCost('GatherV2', picked).bytes).toBe(4 * (5 + 2 * 40));
    const view = { ...shaped([8000]), dataId: table.dataId };
    expect(kernelCost('Reshape', { inputs: { x: table }, attrs: {}, outputs: [view], read }).bytes).toBe(0);
  });
});
