import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { disposeParameters } from '../tensors/parameters.js';
import { NormalizeBatch } from '../ops/batch-norm-kernel.js';
import { pathCounts } from '../ops/path-counts.js';
import { checkGradients } from '../testing/check-gradients.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { expectedPath } from '../testing/expected-path.js';
import { irregular } from '../testing/sequence-problem.js';
import { BatchNorm } from './batch-norm.js';

const epsilon = 0.01;

function create(size: number): BatchNorm {
  const layer = new BatchNorm({ size, epsilon, momentum: 0.75 });
  tf.tidy(() => {
    layer.parameters.scale.assign(irregular<tf.Rank.R1>([size], 3, 'test'));
    layer.parameters.offset.assign(irregular<tf.Rank.R1>([size], 4, 'test'));
    layer.buffers.mean.assign(irregular<tf.Rank.R1>([size], 5, 'test'));
    layer.buffers.variance.assign(tf.add(irregular<tf.Rank.R1>([size], 6, 'test'), 3));
  });
  return layer;
}

function dispose(layer: BatchNorm): void {
  disposeParameters(layer.parameters);
  disposeParameters(layer.buffers);
}

/** Mean and variance of column c over the rows that are real. */
function moments(x: ArrayLike<number>, size: number, { c, real }: { c: number; real: readonly number[] }) {
  const mean = real.reduce((sum, row) => sum + x[row * size + c]!, 0) / real.length;
  const variance = real.reduce((sum, row) => sum + (x[row * size + c]! - mean) ** 2, 0) / real.length;
  return { mean, variance };
}

describe('BatchNorm', () => {
  it('normalises by the running statistics in evaluation', () => {
    const layer = create(3);
    const x = irregular([2, 5, 3], 1, 'test');
    const [scale, offset, mean, variance] = [...Object.values(layer.parameters), ...Object.values(layer.buffers)].map(
      (variable) => variable.dataSync(),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const values = Array.from(
      x.dataSync(),
      (value, i) => ((value - mean[i % 3]!) / Math.sqrt(variance[i % 3]! + epsilon)) * scale[i % 3]! + offset[i % 3]!,
    );
    const y = layer.apply(x);
    expectClose(y, { shape: [2, 5, 3], values }, tolerances.forward);
    tf.dispose([x, y]);
    dispose(layer);
  });

  // Lengths 2 and 4 of 4 frames, 3 features each: rows of the channel that the mask keeps.
  const shape: [number, number, number, number] = [2, 4, 3, 2];
  const mask = [1, 1, 0, 0, 1, 1, 1, 1];
  const rows = Array.from({ length: 24 }, (_, row) => row);
  const masks = {
    'of all positions': { mask: undefined, real: rows },
    'of real frames alone': { mask, real: rows.filter((row) => mask[Math.floor(row / 3)] === 1) },
  };

  it.each(Object.entries(masks))(
    'normalises by statistics %s in training, with the gradient',
    (_, { mask: ones, real }) => {
      const layer = create(2);
      const x = irregular(shape, 2, 'test');
      const weights = irregular(shape, 9, 'test');
      const factors = weights.dataSync();
      const maskTensor = ones && tf.tensor(ones, [2, 4, 1, 1]);
      const compared = checkGradients({
        tensors: { x, scale: layer.parameters.scale, offset: layer.parameters.offset },
        loss: () => {
          const { output } = layer.applyToBatch(x, maskTensor);
          return tf.sum(tf.mul(maskTensor ? tf.mul(output, maskTensor) : output, weights));
        },
        reference: ({ x: values, scale, offset }) => {
          let sum = 0;
          for (let c = 0; c < 2; c++) {
            const { mean, variance } = moments(values!, 2, { c, real });
            for (const row of real) {
              const normal = (values![row * 2 + c]! - mean) / Math.sqrt(variance + epsilon);
              sum += factors[row * 2 + c]! * (normal * scale![c]! + offset![c]!);
            }
          }
          return sum;
        },
        tolerance: { rtol: 1e-4, atol: 1e-6 },
      });
      expect(compared).toBe(48 + 2 + 2);
      tf.dispose([x, weights, maskTensor ?? []]);
      dispose(layer);
    },
  );

  it.each(Object.entries(masks))('rectifies in one kernel as in steps %s, with the gradient', (_, { mask: ones }) => {
    const layer = create(2);
    const [x, weights] = [irregular(shape, 2, 'test'), irregular(shape, 9, 'test')];
    tf.tidy(() => {
      const real = ones && tf.tensor(ones, [2, 4, 1, 1]);
      const variables = { ...layer.parameters, x: tf.variable(x) };
      const gradientsOf = (rectified: () => tf.Tensor) => {
        const { value, grads } = tf.variableGrads(() => tf.sum<tf.Scalar>(tf.mul(rectified(), weights)));
        return [value, ...Object.values(variables).map(({ name }) => grads[name]!)];
      };
      const before = pathCounts(NormalizeBatch);
      const fused = gradientsOf(() => layer.rectifyBatch(variables.x, real).output);
      const after = pathCounts(NormalizeBatch);
      const path = expectedPath(NormalizeBatch);
      expect(after[path] - before[path]).toBe(1);
      const steps = gradientsOf(() => {
        const rectified = tf.relu(layer.applyToBatch(variables.x, real).output);
        return real ? tf.mul(rectified, real) : rectified;
      });
      for (const [i, tensor] of fused.entries()) expectClose(tensor, steps[i]!, tolerances.backward);
      const [one, other] = [layer.rectifyBatch(variables.x, real), layer.applyToBatch(variables.x, real)];
      expectClose(one.running.mean, other.running.mean, tolerances.forward);
      expectClose(one.running.variance, other.running.variance, tolerances.forward);
      variables.x.dispose();
    });
    tf.dispose([x, weights]);
    dispose(layer);
  });

  it.each(Object.entries(masks))('moves the running statistics towards those %s', (_, { mask: ones, real }) => {
    const layer = create(2);
    const x = irregular(shape, 2, 'test');
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const { running } = layer.applyToBatch(x, ones && tf.tensor(ones, [2, 4, 1, 1]));
      for (const name of ['mean', 'variance'] as const) {
        const old = layer.buffers[name].dataSync();
        const values = [0, 1].map((c) => 0.75 * old[c]! + 0.25 * moments(x.dataSync(), 2, { c, real })[name]);
        expectClose(running[name], { shape: [2], values }, { ...tolerances.forward, name });
      }
    });
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
    dispose(layer);
  });

  it('takes a batch of padding alone, and says what does not fit', () => {
    const layer = create(2);
    const x = irregular([1, 3, 2], 1, 'test');
    tf.tidy(() => {
      const { output, running } = layer.applyToBatch(x, tf.zeros([1, 3, 1]));
      for (const tensor of [output, running.mean, running.variance]) {
        expect(tensor.dataSync().every(Number.isFinite)).toBe(true);
      }
      expect(() => layer.apply(tf.zeros([3, 4]))).toThrow('input must be […, size] = […, 2], got [3, 4]');
    });
    x.dispose();
    dispose(layer);
  });
});
