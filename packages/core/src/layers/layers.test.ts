import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { uniform } from '../tensors/initializers.js';
import { disposeParameters } from '../tensors/parameters.js';
import { randomKey } from '../tensors/random.js';
import { checkGradients } from '../testing/check-gradients.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { irregular } from '../testing/sequence-problem.js';
import { Embedding } from './embedding.js';
import { LayerNorm } from './layer-norm.js';
import { Linear, TiedLinear } from './linear.js';

const key = randomKey(8);

describe('Embedding', () => {
  it('picks the rows of its ids, and adds up the gradients of an id that comes twice', () => {
    const embedding = new Embedding({ vocabularySize: 5, embeddingSize: 3, key });
    tf.tidy(() => {
      const ids = tf.tensor2d(
        [
          [4, 1],
          [1, 0],
        ],
        [2, 2],
        'int32',
      );
      const table = embedding.table.arraySync();
      expect(embedding.apply(ids).arraySync()).toEqual([
        [table[4], table[1]],
        [table[1], table[0]],
      ]);
      const weights = tf.tensor3d([
        [
          [1, 2, 3],
          [10, 20, 30],
        ],
        [
          [100, 200, 300],
          [7, 8, 9],
        ],
      ]);
      const { grads } = tf.variableGrads(() => tf.sum(tf.mul(embedding.apply(ids), weights)));
      const expected = [
        [7, 8, 9],
        [110, 220, 330],
        [0, 0, 0],
        [0, 0, 0],
        [1, 2, 3],
      ];
      expect(grads[embedding.table.name]!.arraySync()).toEqual(expected);
      expect(() => embedding.apply(tf.tensor1d([1, 2]))).toThrow('ids must be int32, got float32');
    });
    disposeParameters(embedding.parameters);
  });
});

describe('Linear', () => {
  it('is x·W + b over the last axis, with its gradient', () => {
    const layer = new Linear({ inputSize: 3, outputSize: 2, key, biasInitializer: uniform(1) });
    tf.tidy(() => {
      const input = irregular<tf.Rank.R3>([2, 4, 3], 1, 'input');
      const weights = irregular<tf.Rank.R3>([2, 4, 2], 1, 'weights');
      const reference = ({ input: x, kernel, bias }: Readonly<Record<string, Float64Array>>) =>
        Array.from({ length: 16 }, (_, i) => {
          const [row, column] = [Math.floor(i / 2), i % 2];
          return [0, 1, 2].reduce((sum, k) => sum + x![row * 3 + k]! * kernel![k * 2 + column]!, bias![column]!);
        });
      const values = weights.dataSync();
      const compared = checkGradients({
        tensors: { input, kernel: layer.kernel, bias: layer.bias! },
        loss: () => tf.sum(tf.mul(layer.apply(input), weights)),
        reference: (arrays) => reference(arrays).reduce((sum, y, i) => sum + y * values[i]!, 0),
      });
      expect(compared).toBe(24 + 6 + 2);
      expect(Object.keys(layer.parameters)).toEqual(['kernel', 'bias']);
      expect(() => layer.apply(tf.zeros([2, 4]))).toThrow('input must be […, inputSize] = […, 3], got [2, 4]');
    });
    disposeParameters(layer.parameters);
  });

  it('tied: uses the table of the embedding, and adds to its gradient', () => {
    const embedding = new Embedding({ vocabularySize: 5, embeddingSize: 3, key });
    const head = new TiedLinear({ embedding, key });
    tf.tidy(() => {
      const hidden = irregular<tf.Rank.R2>([2, 3], 1, 'hidden');
      expectClose(head.apply(hidden), tf.matMul(hidden, tf.transpose(embedding.table)), tolerances.forward);
      expect(Object.keys(head.parameters)).toEqual(['bias']);
      const ids = tf.tensor1d([1, 3], 'int32');
      const { grads } = tf.variableGrads(() => tf.sum(head.apply(embedding.apply(ids))), [embedding.table]);
      // d/dE of Σ E[ids]·Eᵀ: the sum of all rows at each id, and the sum of the picked rows everywhere
      const [all, picked] = [tf.sum(embedding.table, 0), tf.sum(embedding.apply(ids), 0)];
      const both = tf.add(all, picked);
      expectClose(grads[embedding.table.name]!, tf.stack([picked, both, picked, both, picked]), tolerances.backward);
    });
    disposeParameters({ ...embedding.parameters, ...head.parameters });
  });
});

describe('LayerNorm', () => {
  it('equals its definition in float64, with its gradient', () => {
    const layer = new LayerNorm({ size: 4, epsilon: 1e-3 });
    tf.tidy(() => {
      layer.parameters.scale.assign(tf.tensor1d([0.5, -1, 2, 1.5]));
      layer.parameters.offset.assign(tf.tensor1d([0.1, 0.2, -0.3, 0.4]));
      const input = irregular<tf.Rank.R3>([2, 3, 4], 1, 'input');
      const weights = irregular<tf.Rank.R3>([2, 3, 4], 1, 'weights').dataSync();
      const compared = checkGradients({
        tensors: { input, ...layer.parameters },
        loss: () => tf.sum(tf.mul(layer.apply(input), tf.tensor(weights, [2, 3, 4]))),
        reference: ({ input: x, scale, offset }) => {
          let sum = 0;
          for (let row = 0; row < 6; row++) {
            const values = x!.slice(row * 4, row * 4 + 4);
            const mean = values.reduce((a, b) => a + b) / 4;
            const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / 4;
            values.forEach((value, k) => {
              const y = ((value - mean) / Math.sqrt(variance + 1e-3)) * scale![k]! + offset![k]!;
              sum += y * weights[row * 4 + k]!;
            });
          }
          return sum;
        },
        tolerance: { rtol: 1e-5, atol: 1e-6 },
      });
      expect(compared).toBe(24 + 4 + 4);
      expect(() => layer.apply(tf.zeros([2, 3]))).toThrow('input must be […, size] = […, 4], got [2, 3]');
    });
    disposeParameters(layer.parameters);
  });
});
