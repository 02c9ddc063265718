import { deriveKey, randomKey, uniform } from '@unroll/core';
import { checkGradients, expectClose, forAll, tolerances } from '@unroll/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponentialSmoothing, smoothingWidth, type SmoothingData } from './esrnn-smoothing.js';
import { gatherSteps } from './gather-steps.js';

const irregular = (count: number, seed: number, name: string) =>
  uniform(deriveKey(randomKey(seed), name), count).map((u) => 2 * u - 1);

interface Sizes {
  readonly rows: number;
  readonly timeSteps: number;
  readonly periods: readonly number[];
  readonly seed: number;
}

function problem({ rows, timeSteps, periods, seed }: Sizes): { data: SmoothingData; coefficients: Float32Array } {
  const observed = Uint8Array.from(irregular(rows * timeSteps, seed, 'observed'), (u) => (u > -0.7 ? 1 : 0));
  const starts = Int32Array.from({ length: rows }, (_, row) => 3 * row);
  const width = smoothingWidth(periods);
  const coefficients = irregular(rows * width, seed, 'coefficients').map((u, i) =>
    i % width <= periods.length ? 0.5 + 0.4 * u : 0.3 * u,
  );
  for (let row = 0; row < rows; row++) observed[row * timeSteps] = 1;
  const logValues = Float64Array.from(irregular(rows * timeSteps, seed, 'values'), (u) => 2 + u);
  return { data: { rows, timeSteps, periods, starts, observed, logValues }, coefficients };
}

/** The equations as they stand, in numbers instead of logarithms; its results are logarithms. */
function reference(coefficients: ArrayLike<number>, { rows, timeSteps, periods, ...data }: SmoothingData): number[][] {
  const width = smoothingWidth(periods);
  const states: number[][] = [];
  for (let row = 0; row < rows; row++) {
    const own = Array.from({ length: width }, (_, i) => coefficients[row * width + i]!);
    let offset = 1 + periods.length;
    const seasons = periods.map((period) => {
      const indices = own.slice(offset, (offset += period));
      return Array.from({ length: period }, (_, j) => Math.exp(indices[(data.starts[row]! + j) % period]!));
    });
    const levels: number[] = [];
    for (let t = 0; t < timeSteps; t++) {
      const seen = data.observed[row * timeSteps + t] === 1;
      const y = Math.exp(data.logValues[row * timeSteps + t]!);
      const product = seasons.reduce((all, season) => all * season[t]!, 1);
      const before = levels[t - 1] ?? y / product;
      levels[t] = seen ? own[0]! * (y / product) + (1 - own[0]!) * before : before;
      for (const [k, season] of seasons.entries()) {
        const others = product / season[t]!;
        const [gamma, s] = [own[1 + k]!, season[t]!];
        season[t + periods[k]!] = seen ? gamma * (y / (levels[t]! * others)) + (1 - gamma) * s : s;
      }
    }
    states.push([...levels, ...seasons.flat()].map(Math.log));
  }
  return states;
}

const sizes: fc.Arbitrary<Sizes> = fc.record({
  rows: fc.integer({ min: 1, max: 4 }),
  timeSteps: fc.integer({ min: 1, max: 14 }),
  periods: fc.constantFrom([], [1], [4], [2, 6], [3, 5]),
  seed: fc.nat(),
});

describe('exponentialSmoothing', () => {
  it('is Holt and Winters’ recursion, for none, one and two seasons, with missing values and any first phase', () => {
    forAll(sizes, (size) => {
      const { data, coefficients } = problem(size);
      tf.tidy(() => {
        const input = tf.tensor2d(coefficients, [data.rows, smoothingWidth(data.periods)]);
        const { level, seasons } = exponentialSmoothing(input, data);
        const expected = reference(coefficients, data).flat();
        const shape = [data.rows, expected.length / data.rows];
        expectClose(tf.concat([level, ...seasons], 1), { shape, values: expected }, tolerances.forward);
      });
    });
  });

  it('has the gradient of the recursion in float64', () => {
    for (const periods of [[], [4], [2, 6]]) {
      const { data, coefficients } = problem({ rows: 2, timeSteps: 13, periods, seed: 5 });
      const states = reference(coefficients, data);
      const mix = irregular(states.flat().length, 6, 'mix');
      const shape: [number, number] = [2, states[0]!.length];
      const tensors = { coefficients: tf.tensor2d(coefficients, [2, smoothingWidth(periods)]) };
      const compared = checkGradients({
        tensors,
        loss: () => {
          const { level, seasons } = exponentialSmoothing(tensors.coefficients, data);
          return tf.sum(tf.mul(tf.concat([level, ...seasons], 1), tf.tensor2d(mix, shape)));
        },
        reference: (arrays) =>
          reference(arrays['coefficients']!, data)
            .flat()
            .reduce((sum, state, i) => sum + state * mix[i]!, 0),
        tolerance: { rtol: 1e-5, atol: 1e-6 },
      });
      expect(compared).toBe(2 * smoothingWidth(periods));
      tensors.coefficients.dispose();
    }
  });

  it('does not look ahead: a level depends on no later value', () => {
    const { data, coefficients } = problem({ rows: 1, timeSteps: 12, periods: [4], seed: 9 });
    const input = tf.tensor2d(coefficients, [1, smoothingWidth([4])]);
    const changed = { ...data, logValues: data.logValues.map((value, t) => (t >= 7 ? value + 1 : value)) };
    tf.tidy(() => {
      const [plain, later] = [data, changed].map((given) => exponentialSmoothing(input, given));
      const levels = [plain, later].map((smoothed) => tf.slice(smoothed!.level, [0, 0], [1, 7]));
      const seasons = [plain, later].map((smoothed) => tf.slice(smoothed!.seasons[0]!, [0, 0], [1, 11]));
      expectClose(levels[0]!, levels[1]!, { rtol: 0, atol: 0 });
      expectClose(seasons[0]!, seasons[1]!, { rtol: 0, atol: 0 });
      expect(plain!.level.arraySync()[0]![7]).not.toBe(later!.level.arraySync()[0]![7]);
    });
    input.dispose();
  });
});

describe('gatherSteps', () => {
  it('is a gather and a transposition, forward and backward', () => {
    const steps = Int32Array.from([5, 0, 3, 3, 4, 5, 2, 1, 0]);
    tf.tidy(() => {
      const values = tf.tensor2d(irregular(12, 2, 'values'), [2, 6]);
      const mix = tf.tensor3d(irregular(18, 2, 'mix'), [3, 2, 3]);
      const twin = (x: tf.Tensor2D) => {
        const picked = tf.gather(x, tf.tensor1d(steps, 'int32'), 1);
        return tf.transpose(tf.reshape(picked, [2, 3, 3]), [1, 0, 2]);
      };
      const fast = (x: tf.Tensor2D) => gatherSteps(x, { places: 3, width: 3, steps });
      expectClose(fast(values), twin(values), { rtol: 0, atol: 0 });
      const gradientOf = (run: (x: tf.Tensor2D) => tf.Tensor) =>
        tf.grad((x) => tf.sum(tf.mul(run(x as tf.Tensor2D), mix)))(values);
      expectClose(gradientOf(fast), gradientOf(twin), tolerances.forward);
    });
  });
});
