import '#gradients';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ShapeError } from '../errors.js';
import { forAll } from '../testing/arbitraries.js';
import { checkGradients } from '../testing/check-gradients.js';
import { expectClose } from '../testing/expect-close.js';
import { expectedPath } from '../testing/expected-path.js';
import { irregular } from '../testing/sequence-problem.js';
import { ctcAlign } from './ctc-align.js';
import { ctcGreedy, joinRepetitions } from './ctc-greedy.js';
import { ctcMinimumFrames } from './ctc-labels.js';
import { ctcLoss } from './ctc-loss.js';
import { CtcLoss } from './kernel-names.js';
import { pathCounts } from './path-counts.js';

interface Golden {
  readonly cases: readonly {
    readonly shape: [number, number, number];
    readonly blank: number;
    readonly logits: number[];
    readonly lengths: number[];
    readonly labels: number[][];
    readonly weights: number[];
    readonly losses: number[];
    readonly gradient: number[];
  }[];
}

const goldenPath = new URL('../../test/golden/ctc.json', import.meta.url);
const golden = JSON.parse(readFileSync(goldenPath, 'utf8')) as Golden;

interface CtcCase {
  readonly timeSteps: number;
  readonly symbols: number;
  readonly blank: number;
  readonly lengths: readonly number[];
  readonly labels: readonly (readonly number[])[];
  readonly seed: number;
  readonly scale: number;
}

const cases: fc.Arbitrary<CtcCase> = fc
  .record({
    timeSteps: fc.integer({ min: 1, max: 5 }),
    symbols: fc.integer({ min: 2, max: 4 }),
    batchSize: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
    scale: fc.constantFrom(1, 4),
  })
  .chain(({ batchSize, ...sizes }) => {
    const { timeSteps, symbols } = sizes;
    const many = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: batchSize, maxLength: batchSize });
    return fc
      .record({
        blank: fc.integer({ min: 0, max: symbols - 1 }),
        lengths: many(fc.integer({ min: 0, max: timeSteps })),
        others: many(fc.array(fc.integer({ min: 1, max: symbols - 1 }), { maxLength: 4 })),
      })
      .map(({ blank, lengths, others }) => {
        const labels = others.map((each) => each.map((other) => (blank + other) % symbols));
        return { ...sizes, blank, lengths, labels };
      });
  });

const joined = (alignment: readonly number[], blank: number): number[] =>
  alignment.filter((id, t) => id !== blank && id !== alignment[t - 1]);

/** All alignments of `length` frames that become `labels`, found by trying every one there is. */
function alignmentsOf({ symbols, blank }: CtcCase, length: number, labels: readonly number[]): number[][] {
  const all = Array.from({ length: symbols ** length }, (_, code) =>
    Array.from({ length }, (_, t) => Math.floor(code / symbols ** t) % symbols),
  );
  return all.filter((each) => joined(each, blank).join(' ') === labels.join(' '));
}

/** ln softmax of the frames of sequence b. */
function logProbabilitiesOf(logits: ArrayLike<number>, { symbols, lengths }: CtcCase, b: number): number[][] {
  return Array.from({ length: lengths[b]! }, (_, t) => {
    const row = Array.from({ length: symbols }, (_, k) => logits[(t * lengths.length + b) * symbols + k]!);
    const logSum = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    return row.map((x) => x - logSum);
  });
}

const scoreOf = (alignment: readonly number[], logProbabilities: readonly (readonly number[])[]): number =>
  alignment.reduce((sum, id, t) => sum + logProbabilities[t]![id]!, 0);

/** −ln p(labels) of sequence b by the definition, in float64, as a function of the logits. */
function bruteForce(known: CtcCase, b: number): (logits: ArrayLike<number>) => number {
  const alignments = alignmentsOf(known, known.lengths[b]!, known.labels[b]!);
  return (logits) => {
    const logProbabilities = logProbabilitiesOf(logits, known, b);
    return -Math.log(alignments.reduce((sum, each) => sum + Math.exp(scoreOf(each, logProbabilities)), 0));
  };
}

const logitsOf = ({ timeSteps, lengths, symbols, seed, scale }: CtcCase): tf.Tensor3D =>
  tf.mul(irregular<tf.Rank.R3>([timeSteps, lengths.length, symbols], seed, 'logits'), scale);

describe('ctcLoss', () => {
  it('and its gradient are the sums over all alignments', () => {
    let [compared, infinite] = [0, 0];
    forAll(cases, (known) => {
      tf.tidy(() => {
        const logits = logitsOf(known);
        const possible = known.labels.map((labels, b) => ctcMinimumFrames(labels) <= known.lengths[b]!);
        const expectedOf = known.lengths.map((_, b) => bruteForce(known, b));
        const weights = possible.map((each, b) => (each ? 1 + b / 3 : 0));
        const before = pathCounts(CtcLoss)[expectedPath(CtcLoss)];
        const losses = ctcLoss(logits, known).dataSync();
        expect(pathCounts(CtcLoss)[expectedPath(CtcLoss)] - before).toBe(1);
        possible.forEach((each, b) => {
          const expected = expectedOf[b]!(logits.dataSync());
          expect(each).toBe(expected < Infinity);
          expect(losses[b]).toBeCloseTo(expected, 5);
          if (!each) infinite++;
        });
        const masked = () => tf.where(tf.tensor1d(possible, 'bool'), ctcLoss(logits, known), 0);
        compared += checkGradients({
          tensors: { logits },
          loss: () => tf.sum(tf.mul(masked(), weights)),
          reference: ({ logits: changed }) =>
            weights.reduce((sum, weight, b) => (possible[b] ? sum + weight * expectedOf[b]!(changed!) : sum), 0),
          tolerance: { rtol: 1e-5, atol: 3e-7 },
        });
      });
    });
    expect(compared).toBeGreaterThan(1500);
    expect(infinite).toBeGreaterThan(20);
  });

  it('gives labels that cannot be said an infinite loss without a gradient, and NaN only to its own sequence', () => {
    tf.tidy(() => {
      const logits = irregular<tf.Rank.R3>([3, 3, 4], 7, 'logits');
      const options = { lengths: [2, 3, 3], labels: [Int32Array.of(2, 2), Int32Array.of(2, 2), Int32Array.of()] };
      const losses = (x: tf.Tensor) => ctcLoss(x as tf.Tensor3D, options);
      expect(Array.from(losses(logits).dataSync()).map(Number.isFinite)).toEqual([false, true, true]);
      const zeros = (x: tf.Tensor) => tf.all(tf.equal(tf.grad((y) => tf.sum(losses(y)))(x), 0), [0, 2]).arraySync();
      expect(zeros(logits)).toEqual([1, 0, 0]);
      const bad = tf.buffer([3, 3, 4], 'float32', logits.dataSync<'float32'>().slice());
      bad.set(NaN, 1, 1, 0);
      const gradient = tf.grad((y) => tf.sum(losses(y)))(bad.toTensor());
      expect(Array.from(losses(bad.toTensor()).dataSync()).map(Number.isNaN)).toEqual([false, true, false]);
      expect(tf.any(tf.isNaN(gradient), [0, 2]).arraySync()).toEqual([0, 1, 0]);
    });
  });

  // Of equally probable symbols there are C(T + L − r, 2L) alignments of L labels with r repetitions, each of C^−T.
  test.each([
    { timeSteps: 5000, labels: 40, repetitions: 0 },
    { timeSteps: 700, labels: 230, repetitions: 229 },
    { timeSteps: 5000, labels: 2, repetitions: 1 },
  ])('is exact for many frames: %o', ({ timeSteps, labels, repetitions }) => {
    const symbols = 3;
    const ids = Int32Array.from({ length: labels }, (_, i) => (repetitions > 0 ? 1 : 1 + (i % 2)));
    const [n, k] = [timeSteps + labels - repetitions, 2 * labels];
    let logCount = 0;
    for (let i = 1; i <= k; i++) logCount += Math.log((n - k + i) / i);
    const expected = timeSteps * Math.log(symbols) - logCount;
    tf.tidy(() => {
      const logits: tf.Tensor3D = tf.zeros([timeSteps, 1, symbols]);
      const options = { lengths: [timeSteps], labels: [ids] };
      expect(ctcLoss(logits, options).dataSync()[0]! / expected).toBeCloseTo(1, 6);
      const gradient = tf.grad((x) => tf.sum(ctcLoss(x as tf.Tensor3D, options)))(logits);
      expect(tf.max(tf.abs(tf.sum(gradient, 2))).dataSync()[0]).toBeLessThan(1e-6);
      // What is said sums up to the labels.
      const said = timeSteps / symbols - tf.sum(gradient, [0, 1]).dataSync()[0]!;
      expect(said).toBeGreaterThan(0);
      expect(said).toBeLessThan(timeSteps);
    });
  });

  test.each(golden.cases)("has PyTorch's losses and gradients: case %#", (given) => {
    tf.tidy(() => {
      const logits = tf.tensor3d(given.logits, given.shape);
      const losses = (x: tf.Tensor) => ctcLoss(x as tf.Tensor3D, given);
      const shape = [given.losses.length];
      expectClose(losses(logits), { shape, values: given.losses }, { rtol: 1e-6, atol: 1e-6 });
      const gradient = tf.grad((x) => tf.sum(tf.mul(losses(x), given.weights)))(logits);
      expectClose(gradient, { shape: given.shape, values: given.gradient }, { rtol: 1e-5, atol: 1e-6 });
    });
  });

  it('does not read padding, and leaves no tensors', () => {
    const known = {
      timeSteps: 5,
      symbols: 4,
      blank: 3,
      lengths: [3, 5],
      labels: [
        [1, 0],
        [2, 2],
      ],
      seed: 3,
      scale: 1,
    };
    tf.tidy(() => {
      const logits = logitsOf(known);
      const longer = tf.concat<tf.Tensor3D>([logits, tf.mul(tf.ones<tf.Rank.R3>([2, 2, 4]), NaN)]);
      const before = tf.memory().numTensors;
      const losses = ctcLoss(logits, known);
      expect(tf.memory().numTensors).toBe(before + 1);
      expect(ctcLoss(longer, known).dataSync()).toEqual(losses.dataSync());
      const gradientOf = (x: tf.Tensor) => tf.grad((y) => tf.sum(ctcLoss(y as tf.Tensor3D, known)))(x);
      const more = gradientOf(longer);
      expect(tf.slice(more, 0, 5).dataSync()).toEqual(gradientOf(logits).dataSync());
      expect(tf.sum(tf.abs(tf.slice(more, 5))).dataSync()[0]).toBe(0);
    });
  });

  test.each<[Parameters<typeof ctcLoss>[1], string, string?]>([
    [{ lengths: [4], labels: [[1]] }, 'lengths[0] must be from 0 to 3 (the time steps), got 4'],
    [{ lengths: [3, 3], labels: [[1]] }, 'lengths must be [batch] = [1], got [2]', 'shape/mismatch'],
    [{ lengths: [3], labels: [] }, 'labels must be of [batch] = [1] sequences, got 0', 'shape/mismatch'],
    [{ lengths: [3], labels: [[1, 0]] }, 'labels[0][1] must be from 0 to 1 (the symbols) and not 0 (the blank), got 0'],
    [{ lengths: [3], labels: [[2]] }, 'labels[0][0] must be from 0 to 1 (the symbols) and not 0 (the blank), got 2'],
    [{ lengths: [3], labels: [[0]], blank: 2 }, 'blank must be from 0 to 1 (the symbols), got 2'],
  ])('says what does not fit: %o', (options, message, code = 'shape/range') => {
    tf.tidy(() => {
      expect(() => ctcLoss(tf.zeros([3, 1, 2]), options)).toThrow(new ShapeError(code, message));
    });
  });
});

test('labels need a frame each, and one between two that are equal', () => {
  expect([[], [1], [1, 2], [1, 1], [1, 1, 1, 2, 2]].map(ctcMinimumFrames)).toEqual([0, 1, 2, 3, 8]);
});

describe('ctcAlign', () => {
  it('finds the most probable of all alignments', () => {
    let found = 0;
    forAll(cases, (known) => {
      const logits = tf.tidy(() => logitsOf(known).dataSync());
      known.labels.forEach((labels, b) => {
        const rows = logProbabilitiesOf(logits, known, b);
        const { path, logProbability } = ctcAlign({ ...known, logProbabilities: rows.flat(), labels });
        const all = alignmentsOf(known, rows.length, labels).map((each) => scoreOf(each, rows));
        const isPossible = all.length > 0;
        expect(logProbability).toBeCloseTo(Math.max(...all), 10);
        expect(joined(Array.from(path), known.blank)).toEqual(isPossible ? labels : []);
        expect(isPossible ? scoreOf(Array.from(path), rows) : -Infinity).toBeCloseTo(logProbability, 10);
        if (isPossible) found++;
      });
    });
    expect(found).toBeGreaterThan(50);
  });

  it('says what does not fit', () => {
    const given = { logProbabilities: new Float32Array(6), symbols: 3, labels: [1] };
    expect(() => ctcAlign({ ...given, logProbabilities: new Float32Array(5) })).toThrow('[frames · symbols]');
    expect(() => ctcAlign({ ...given, labels: [1, 3] })).toThrow('labels[1] must be from 0 to 2');
    expect(() => ctcAlign({ ...given, blank: 3 })).toThrow('blank must be');
  });
});

describe('ctcGreedy', () => {
  it('says the most probable symbol of each frame, joined', () => {
    forAll(cases, (known) => {
      tf.tidy(() => {
        const logits = logitsOf(known);
        ctcGreedy(logits, known).forEach(({ ids, logProbability }, b) => {
          const rows = logProbabilitiesOf(logits.dataSync(), known, b);
          const best = rows.map((row) => row.indexOf(Math.max(...row)));
          expect(Array.from(ids)).toEqual(joined(best, known.blank));
          expect(logProbability).toBeCloseTo(scoreOf(best, rows), 5);
        });
      });
    });
  });

  it('goes on where a piece ended', () => {
    const frames = [0, 1, 1, 0, 1, 2, 2, 2, 0, 0, 2];
    const join = joinRepetitions();
    const pieces = [frames.slice(0, 2), frames.slice(2, 7), frames.slice(7)];
    const said = pieces.flatMap((piece) => piece.map((id) => join(id))).filter((id) => id !== undefined);
    expect(said).toEqual([1, 1, 2, 2]);
  });
});
