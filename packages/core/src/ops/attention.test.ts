import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkGradients } from '../testing/check-gradients.js';
import { expectClose } from '../testing/expect-close.js';
import { expectedPath } from '../testing/expected-path.js';
import { irregular } from '../testing/sequence-problem.js';
import { attention } from './attention.js';
import type { AttentionTensors } from './attention-tensors.js';
import { SoftAttention } from './kernel-names.js';
import { pathCounts } from './path-counts.js';

interface Sizes {
  readonly score: 'additive' | 'dot';
  readonly queries: number;
  readonly batch: number;
  readonly sourceTime: number;
  readonly size: number;
  readonly width: number;
  readonly lengths?: readonly number[];
  /** places that are forbidden, `[queries, batch, sourceTime]` flat; a bias of all places where present */
  readonly forbidden?: readonly number[];
}

const scale = 0.37;

type Arrays = Readonly<Record<string, Float64Array>>;

/** Query by query from the equations, in float64. */
function reference(arrays: Arrays, sizes: Sizes): { context: Float64Array; weights: Float64Array } {
  const { score, queries, batch, sourceTime, size, width } = sizes;
  const { query, keys, values, scoreVector, scoreBias } = arrays;
  const context = new Float64Array(queries * batch * width);
  const weights = new Float64Array(queries * batch * sourceTime);
  for (let row = 0; row < queries * batch; row++) {
    const b = row % batch;
    const scores = Array.from({ length: sizes.lengths?.[b] ?? sourceTime }, (_, s) => {
      let sum = 0;
      for (let a = 0; a < size; a++) {
        const [q, k] = [query![row * size + a]!, keys![(s * batch + b) * size + a]!];
        sum += score === 'additive' ? scoreVector![a]! * Math.tanh(q + k) : scale * q * k;
      }
      return sum + (scoreBias?.[row * sourceTime + s] ?? 0);
    });
    const total = scores.reduce((sum, each) => sum + Math.exp(each), 0);
    if (total === 0) continue;
    scores.forEach((each, s) => {
      const weight = Math.exp(each) / total;
      weights[row * sourceTime + s] = weight;
      for (let w = 0; w < width; w++) context[row * width + w]! += weight * values![(s * batch + b) * width + w]!;
    });
  }
  return { context, weights };
}

function tensorsOf(sizes: Sizes): AttentionTensors {
  const { score, queries, batch, sourceTime, size, width, lengths, forbidden } = sizes;
  const bias = () => {
    const values = irregular<tf.Rank.R3>([queries, batch, sourceTime], 5, 'bias').dataSync<'float32'>().slice();
    for (const place of forbidden!) values[place] = -Infinity;
    return tf.tensor3d(values, [queries, batch, sourceTime]);
  };
  return {
    query: irregular<tf.Rank.R3>([queries, batch, size], 1, 'query'),
    keys: irregular<tf.Rank.R3>([sourceTime, batch, size], 2, 'keys'),
    values: irregular<tf.Rank.R3>([sourceTime, batch, width], 3, 'values'),
    ...(score === 'additive' && { scoreVector: irregular<tf.Rank.R1>([size], 4, 'vector') }),
    ...(lengths && { lengths: tf.tensor1d([...lengths], 'int32') }),
    ...(forbidden && { scoreBias: bias() }),
  };
}

const cases: readonly Sizes[] = [
  { score: 'additive', queries: 1, batch: 2, sourceTime: 3, size: 4, width: 2 },
  { score: 'additive', queries: 3, batch: 2, sourceTime: 5, size: 19, width: 33, lengths: [5, 2] },
  { score: 'additive', queries: 2, batch: 3, sourceTime: 1, size: 1, width: 1, lengths: [1, 0, 1] },
  { score: 'additive', queries: 1, batch: 1, sourceTime: 21, size: 3, width: 5, forbidden: [0, 7, 20] },
  // the second sentence is forbidden altogether, once by its bias and once by bias and length
  {
    score: 'additive',
    queries: 2,
    batch: 2,
    sourceTime: 3,
    size: 5,
    width: 3,
    lengths: [3, 2],
    forbidden: [3, 4, 9, 10, 11],
  },
  { score: 'dot', queries: 1, batch: 3, sourceTime: 4, size: 17, width: 3, lengths: [4, 1, 0] },
  { score: 'dot', queries: 4, batch: 2, sourceTime: 6, size: 5, width: 18, lengths: [6, 3], forbidden: [1, 9] },
  { score: 'dot', queries: 2, batch: 1, sourceTime: 1, size: 2, width: 1, forbidden: [1] },
];

describe('attention', () => {
  it.each(cases)('is its equations, and so is the gradient of both results: %o', (sizes) => {
    tf.tidy(() => {
      const { lengths, ...tensors } = tensorsOf(sizes);
      const { queries, batch, sourceTime, width, score } = sizes;
      const ofContext = irregular<tf.Rank.R3>([queries, batch, width], 6, 'of context');
      const ofWeights = irregular<tf.Rank.R3>([queries, batch, sourceTime], 7, 'of weights');
      const before = pathCounts(SoftAttention);
      checkGradients({
        tensors: tensors as Readonly<Record<string, tf.Tensor>>,
        loss: () => {
          const result = attention({ ...tensors, lengths }, { score, scale });
          return tf.addN([tf.sum(tf.mul(result.context, ofContext)), tf.sum(tf.mul(result.weights, ofWeights))]);
        },
        reference: (arrays) => {
          const { context, weights } = reference(arrays, sizes);
          const [c, w] = [ofContext.dataSync(), ofWeights.dataSync()];
          const sum = (values: Float64Array, by: ArrayLike<number>) =>
            values.reduce((all, v, i) => all + v * by[i]!, 0);
          return sum(context, c) + sum(weights, w);
        },
        tolerance: { rtol: 1e-5, atol: 3e-7 },
      });
      const after = pathCounts(SoftAttention);
      const path = expectedPath(SoftAttention);
      expect(after[path] - before[path]).toBe(1);
    });
  });

  it.each(cases)('weighs what is permitted, and nothing else: %o', (sizes) => {
    tf.tidy(() => {
      const tensors = tensorsOf(sizes);
      const arrays = Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [name, Float64Array.from((tensor as tf.Tensor).dataSync())]),
      );
      const { context, weights } = attention(tensors, { score: sizes.score, scale });
      const expected = reference(arrays, sizes);
      expectClose(context, { shape: context.shape, values: expected.context }, { rtol: 1e-5, atol: 1e-6 });
      expectClose(weights, { shape: weights.shape, values: expected.weights }, { rtol: 1e-5, atol: 1e-6 });
      expect(Array.from(weights.dataSync(), (w) => w === 0)).toEqual(Array.from(expected.weights, (w) => w === 0));
    });
  });

  it('keeps no tensor but its results', () => {
    const tensors = tensorsOf(cases[1]!);
    const before = tf.memory().numTensors;
    const results = attention(tensors, { score: 'additive' });
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([...Object.values(results), ...Object.values(tensors)] as tf.Tensor[]);
  });

  it('keeps nothing of its gradient', () => {
    const { query, keys, values, scoreVector } = tensorsOf(cases[1]!);
    const given = [query, keys, values, scoreVector!];
    const held = () => ({ tensors: tf.memory().numTensors, arrays: tf.backend().numDataIds() });
    const before = held();
    const loss = () => tf.sum(attention({ query, keys, values, scoreVector }, { score: 'additive' }).context);
    tf.dispose(tf.grads(loss)(given));
    expect(held()).toEqual(before);
    tf.dispose(given);
  });

  it('names what does not fit', () => {
    tf.tidy(() => {
      const tensors = tensorsOf(cases[1]!);
      const run = (change: Partial<AttentionTensors>) => () =>
        attention({ ...tensors, ...change }, { score: 'additive' });
      expect(run({ lengths: tf.tensor1d([6, 2], 'int32') })).toThrow('lengths[0] must be from 0 to 5');
      expect(run({ lengths: tf.tensor1d([1, 2]) })).toThrow('lengths must be int32');
      expect(run({ keys: tf.zeros([5, 2, 18]) })).toThrow('keys must be [sourceTime, batch, size] = [*, 2, 19]');
      expect(run({ values: tf.zeros([4, 2, 3]) })).toThrow('values must be [sourceTime, batch, width] = [5, 2, *]');
      expect(run({ scoreVector: undefined })).toThrow('scoreVector must be [size] = [19], got none');
      expect(() => attention(tensors, { score: 'dot' })).toThrow('scoreVector must be absent');
      expect(run({ scoreBias: tf.zeros([3, 2, 4]) })).toThrow('scoreBias must be [queries, batch, sourceTime]');
    });
  });
});
