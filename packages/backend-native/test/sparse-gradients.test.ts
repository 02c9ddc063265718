import * as tf from '@tensorflow/tfjs-core';
import { kernelRuns, resetKernelRuns } from '@unroll/backend-native';
import {
  OptimizerStep,
  SumRowsByIndex,
  type OptimizerRule,
  type OptimizerStepAttributes,
  type ParameterUpdate,
} from '@unroll/core';
import { describe, expect, it } from 'vitest';
import { irregular } from './support.js';

/** Runs the kernel; the caller owns both results. */
function sumRowsByIndex(indices: tf.Tensor, values: tf.Tensor): [rows: tf.Tensor, sums: tf.Tensor] {
  return tf.engine().runKernel(SumRowsByIndex, { indices, values }) as unknown as [tf.Tensor, tf.Tensor];
}

function step(update: Pick<ParameterUpdate, 'gradient' | 'rows'>, rule: OptimizerRule, weightDecay: number) {
  const parameter = tf.variable(irregular([50, 7], 3));
  const slots = rule.name === 'adam' ? [0, 1].map(() => tf.variable(tf.zeros([50, 7]))) : [];
  const settings = { learningRateScale: 1, l1: 0, l2: 0, weightDecay, maxNorm: 0 };
  const attributes: OptimizerStepAttributes = {
    updates: [{ ...settings, ...update, parameter, slots }],
    rule,
    step: 1,
    learningRate: 0.1,
    gradientScale: 0.5,
    clipNorm: 1,
    clipValue: 0,
    result: { gradientNorm: Number.NaN },
  };
  const kernel = tf.getKernel(OptimizerStep, 'native');
  kernel.kernelFunc({ inputs: {}, attrs: attributes as unknown as tf.NamedAttrMap, backend: tf.backend() });
  const results = [parameter, ...slots].map((tensor) => Float32Array.from(tensor.dataSync()));
  tf.dispose([parameter, ...slots]);
  return { results, gradientNorm: attributes.result.gradientNorm };
}

describe('the rows of a gradient', () => {
  const [count, columns, vocabulary] = [30, 7, 50];
  /** Some rows many times, most of them never. */
  const indices = () =>
    tf.tensor1d(
      Array.from({ length: count }, (_, i) => (i * i * 31) % vocabulary),
      'int32',
    );
  const values = () => irregular([count, columns], 1);

  it('are those that occur, with the sums that the dense gradient has there', () => {
    tf.tidy(() => {
      resetKernelRuns();
      const dense = tf.unsortedSegmentSum(values(), tf.reshape(indices(), [count]), vocabulary);
      const [rows, sums] = sumRowsByIndex(indices(), values());
      expect(kernelRuns()[SumRowsByIndex]).toEqual({ native: 1, fallback: 0 });
      const occurring = [...new Set(indices().dataSync())].sort((a, b) => a - b);
      expect([...rows.dataSync()]).toEqual(occurring);
      expect([rows.dtype, sums.dtype, sums.shape]).toEqual(['int32', 'float32', [occurring.length, columns]]);
      expect(sums.dataSync()).toEqual(tf.gather(dense, rows as tf.Tensor1D).dataSync());
    });
  });

  it('are none where nothing was picked', () => {
    tf.tidy(() => {
      const [rows, sums] = sumRowsByIndex(tf.tensor1d([], 'int32'), tf.zeros([0, columns]));
      expect([rows.shape, sums.shape]).toEqual([[0], [0, columns]]);
      const [sparse, dense] = [{ gradient: sums, rows }, { gradient: tf.zeros([vocabulary, columns]) }];
      expect(step(sparse, { name: 'sgd' }, 0.1)).toEqual(step(dense, { name: 'sgd' }, 0.1));
    });
  });

  it.each([
    { rule: { name: 'sgd' }, weightDecay: 0 },
    { rule: { name: 'sgd' }, weightDecay: 0.1 },
    { rule: { name: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-8 }, weightDecay: 0 },
  ] as const)(
    'update a parameter as the dense gradient does: $rule.name, decay $weightDecay',
    ({ rule, weightDecay }) => {
      tf.tidy(() => {
        const dense = tf.unsortedSegmentSum(values(), tf.reshape(indices(), [count]), vocabulary);
        const [rows, sums] = sumRowsByIndex(indices(), values());
        const actual = step({ gradient: sums, rows }, rule, weightDecay);
        const expected = step({ gradient: dense }, rule, weightDecay);
        expect(actual.results).toEqual(expected.results);
        expect(actual.gradientNorm / expected.gradientNorm).toBeCloseTo(1, 12);
      });
    },
  );

  it('give their memory back', () => {
    const held = () => (tf.backend() as unknown as { memory(): { usedBytes: number } }).memory().usedBytes;
    const before = { bytes: held(), tensors: tf.memory().numTensors };
    tf.tidy(() => void sumRowsByIndex(indices(), values()));
    expect({ bytes: held(), tensors: tf.memory().numTensors }).toEqual(before);
  });

  it('must be ascending, each once, and belong to the parameter', () => {
    tf.tidy(() => {
      const gradient = irregular([2, columns], 1);
      for (const rows of [
        [3, 3],
        [3, 2],
        [3, vocabulary],
        [-1, 2],
      ]) {
        const call = () => step({ gradient, rows: tf.tensor1d(rows, 'int32') }, { name: 'sgd' }, 0);
        expect(call).toThrow(/unroll: OptimizerStep: updates\[0\]\.rows must be ascending, each once and in \[0, 50\)/);
      }
      const call = () => step({ gradient, rows: tf.tensor1d([1], 'int32') }, { name: 'sgd' }, 0);
      expect(call).toThrow(/gradients must be as long as their parameters or as the rows that are given, each/);
    });
    expect(() => tf.tidy(() => sumRowsByIndex(tf.tensor1d([1, -4], 'int32'), irregular([2, 3], 1)))).toThrow(
      'unroll: SumRowsByIndex: indices[1] must not be negative, got -4',
    );
  });
});
