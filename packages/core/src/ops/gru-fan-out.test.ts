import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkGradients } from '../testing/check-gradients.js';
import { expectedPath } from '../testing/expected-path.js';
import { irregular } from '../testing/sequence-problem.js';
import { gruFanOut } from './gru-fan-out.js';
import { GruFanOut } from './kernel-names.js';
import { pathCounts } from './path-counts.js';

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

interface Sizes {
  readonly states: number;
  readonly inputRows: number;
  readonly fanOut: number;
  readonly hiddenSize: number;
}

/** Row by row from the equations, in float64: the sum of all results, each with a weight of its own. */
function reference(arrays: Readonly<Record<string, Float64Array>>, sizes: Sizes, weights: Float32Array): number {
  const { states, inputRows, fanOut, hiddenSize: size } = sizes;
  const [u, v, h] = [arrays['inputProducts']!, arrays['stateProducts']!, arrays['state']!];
  let sum = 0;
  for (let i = 0; i < states * fanOut; i++) {
    const [state, input] = [Math.floor(i / fanOut), i % inputRows];
    const [fromInput, fromState] = [u.subarray(input * 3 * size), v.subarray(state * 3 * size)];
    for (let k = 0; k < size; k++) {
      const r = sigmoid(fromInput[k]! + fromState[k]!);
      const z = sigmoid(fromInput[size + k]! + fromState[size + k]!);
      const n = Math.tanh(fromInput[2 * size + k]! + r * fromState[2 * size + k]!);
      sum += weights[i * size + k]! * ((1 - z) * n + z * h[state * size + k]!);
    }
  }
  return sum;
}

describe('gruFanOut', () => {
  // 3 groups of 2 states with 5 inputs each; one input for all; a vector's width and a remainder
  it.each<Sizes>([
    { states: 6, inputRows: 10, fanOut: 5, hiddenSize: 3 },
    { states: 3, inputRows: 1, fanOut: 1, hiddenSize: 4 },
    { states: 4, inputRows: 4, fanOut: 1, hiddenSize: 19 },
    { states: 2, inputRows: 3, fanOut: 3, hiddenSize: 33 },
  ])('is its equations, and so is its gradient: %o', (sizes) => {
    const { states, inputRows, fanOut, hiddenSize } = sizes;
    tf.tidy(() => {
      const tensors = {
        inputProducts: irregular<tf.Rank.R2>([inputRows, 3 * hiddenSize], 1, 'u'),
        stateProducts: irregular<tf.Rank.R2>([states, 3 * hiddenSize], 2, 'v'),
        state: irregular<tf.Rank.R2>([states, hiddenSize], 3, 'h'),
      };
      const weights = irregular<tf.Rank.R2>([states * fanOut, hiddenSize], 4, 'weights');
      const values = weights.dataSync<'float32'>().slice();
      const before = pathCounts(GruFanOut);
      const compared = checkGradients({
        tensors,
        loss: () => tf.sum(tf.mul(gruFanOut(tensors, fanOut), weights)),
        reference: (arrays) => reference(arrays, sizes, values),
        // sums over up to 6 rows of float32 products
        tolerance: { rtol: 1e-5, atol: 3e-7 },
      });
      expect(compared).toBe((inputRows * 3 + states * 4) * hiddenSize);
      const after = pathCounts(GruFanOut);
      const path = expectedPath(GruFanOut);
      expect(after[path] - before[path]).toBe(1);
    });
  });

  it('keeps no tensor but its result', () => {
    const tensors = {
      inputProducts: irregular<tf.Rank.R2>([4, 6], 1, 'u'),
      stateProducts: irregular<tf.Rank.R2>([2, 6], 2, 'v'),
      state: irregular<tf.Rank.R2>([2, 2], 3, 'h'),
    };
    const before = tf.memory().numTensors;
    const result = gruFanOut(tensors, 2);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([result, tensors]);
  });

  it('names the axis that does not fit', () => {
    tf.tidy(() => {
      const state = irregular<tf.Rank.R2>([2, 3], 3, 'h');
      const stateProducts = irregular<tf.Rank.R2>([2, 9], 2, 'v');
      const run = (rows: number, gates: number) => () =>
        gruFanOut({ inputProducts: irregular<tf.Rank.R2>([rows, gates], 1, 'u'), stateProducts, state }, 2);
      expect(run(3, 9)).toThrow('a multiple of fanOut = 2 that divides states·fanOut = 4 rows, got 3');
      expect(run(4, 8)).toThrow('gates');
    });
  });
});
