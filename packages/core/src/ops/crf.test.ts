import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../errors.js';
import { forAll } from '../testing/arbitraries.js';
import { checkGradients } from '../testing/check-gradients.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { expectedPath } from '../testing/expected-path.js';
import { irregular } from '../testing/sequence-problem.js';
import {
  addExpectations,
  forwardScores,
  latticesOf,
  logPartition,
  rowsWith,
  toCrfArrays,
  type Lattice,
} from './crf-lattice.js';
import { crfForwardBackward } from './crf-forward-backward.js';
import { crfLogLikelihood } from './crf-log-likelihood.js';
import { forbiddenScore, type CrfTensors } from './crf-tensors.js';
import { crfViterbi } from './crf-viterbi.js';
import { CrfForwardBackward, CrfLogLikelihood, CrfViterbi } from './kernel-names.js';
import { pathCounts } from './path-counts.js';

interface CrfCase {
  readonly timeSteps: number;
  readonly tagCount: number;
  readonly lengths: readonly number[];
  readonly seed: number;
  /** how often a tag is not known, and how often a transition, start or end is forbidden */
  readonly unknown: number;
  readonly forbidden: number;
  readonly scale: number;
}

type Arrays = Readonly<Record<'emissions' | 'transitions' | 'start' | 'end', Float64Array>>;
type Known = Pick<CrfCase, 'lengths' | 'tagCount'>;

const cases: fc.Arbitrary<CrfCase> = fc
  .record({
    timeSteps: fc.integer({ min: 1, max: 6 }),
    tagCount: fc.integer({ min: 1, max: 4 }),
    batchSize: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
    unknown: fc.constantFrom(0, 0, 0.3, 1),
    forbidden: fc.constantFrom(0, 0, 0.25),
    scale: fc.constantFrom(1, 3),
  })
  .chain((sizes) => {
    const lengths = fc.array(fc.integer({ min: 0, max: sizes.timeSteps }), {
      minLength: sizes.batchSize,
      maxLength: sizes.batchSize,
    });
    return lengths.map((each) => ({ ...sizes, lengths: each }));
  });

/** Irregular scores, some of them forbidden, and tags, some of them unknown. */
function problemOf({ timeSteps, tagCount, lengths, seed, unknown, forbidden, scale }: CrfCase) {
  const scores = <R extends tf.Rank>(shape: tf.ShapeMap[R], name: string): tf.Tensor<R> => {
    const values = tf.mul(irregular(shape, seed, name), scale);
    if (name === 'emissions') return values as tf.Tensor<R>;
    const forbids = tf.less(irregular(shape, seed, `${name} forbidden`), 2 * forbidden - 1);
    return tf.add(values, tf.mul(tf.cast(forbids, 'float32'), forbiddenScore));
  };
  const shape: [number, number] = [timeSteps, lengths.length];
  const drawn = irregular<tf.Rank.R2>(shape, seed, 'tags').dataSync<'float32'>();
  const isUnknown = irregular<tf.Rank.R2>(shape, seed, 'unknown').dataSync<'float32'>();
  const tags = Int32Array.from(drawn, (u, i) =>
    isUnknown[i]! < 2 * unknown - 1 ? -1 : Math.min(tagCount - 1, Math.floor(((u + 1) / 2) * tagCount)),
  );
  const differentiated = {
    emissions: scores<tf.Rank.R3>([...shape, tagCount], 'emissions'),
    transitions: scores<tf.Rank.R2>([tagCount, tagCount], 'transitions'),
    start: scores<tf.Rank.R1>([tagCount], 'start'),
    end: scores<tf.Rank.R1>([tagCount], 'end'),
  };
  const given = { tags: tf.tensor2d(tags, shape, 'int32'), lengths: tf.tensor1d([...lengths], 'int32') };
  return { differentiated, given, tags };
}

const arraysOf = (tensors: Readonly<Record<keyof Arrays, tf.Tensor>>): Arrays => {
  const read = (key: keyof Arrays) => Float64Array.from(tensors[key].dataSync());
  return { emissions: read('emissions'), transitions: read('transitions'), start: read('start'), end: read('end') };
};

interface Row {
  readonly tags: readonly number[];
  readonly score: number;
}

/** The score of one row of tags of sequence b, −∞ if it is forbidden. */
function scoreOf(tags: readonly number[], arrays: Arrays, { lengths, tagCount, b }: Known & { readonly b: number }) {
  const permitted = (score: number): number => (score <= forbiddenScore / 2 ? -Infinity : score);
  let score = tags.length === 0 ? 0 : permitted(arrays.start[tags[0]!]!) + permitted(arrays.end[tags.at(-1)!]!);
  for (let t = 0; t < tags.length; t++) {
    score += arrays.emissions[(t * lengths.length + b) * tagCount + tags[t]!]!;
    if (t > 0) score += permitted(arrays.transitions[tags[t - 1]! * tagCount + tags[t]!]!);
  }
  return score;
}

/** Every permitted row of tags of sequence b, from the definition. */
function allRows(arrays: Arrays, known: Known, b: number): Row[] {
  const [length, { tagCount }] = [known.lengths[b]!, known];
  return Array.from({ length: tagCount ** length }, (_, code) => {
    const tags = Array.from({ length }, (_, t) => Math.floor(code / tagCount ** t) % tagCount);
    return { tags, score: scoreOf(tags, arrays, { ...known, b }) };
  }).filter(({ score }) => score > -Infinity);
}

const logSum = (rows: readonly Row[]): number => Math.log(rows.reduce((sum, { score }) => sum + Math.exp(score), 0));

/** ln p(tags) of sequence b as a function of the scores; which rows are permitted is that of `arrays`. */
function bruteForce(arrays: Arrays, known: Known, given: { readonly tags: Int32Array; readonly b: number }) {
  const { tags, b } = given;
  const rows = allRows(arrays, known, b);
  const agrees = ({ tags: row }: Row): boolean =>
    row.every((tag, t) => [-1, tag].includes(tags[t * known.lengths.length + b]!));
  const agreeing = rows.filter(agrees);
  const logSumOf = (some: readonly Row[], changed: Arrays): number =>
    logSum(some.map((row) => ({ ...row, score: scoreOf(row.tags, changed, { ...known, b }) })));
  return (changed: Arrays): number =>
    agreeing.length === 0 ? forbiddenScore : logSumOf(agreeing, changed) - logSumOf(rows, changed);
}

function expectPath(kernel: string, compute: () => void): void {
  const before = pathCounts(kernel)[expectedPath(kernel)];
  compute();
  expect(pathCounts(kernel)[expectedPath(kernel)] - before).toBe(1);
}

/** The same numbers up to 1e-5, and −∞ in the same places; what is missing behind is 0. */
function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const finite = (values: ArrayLike<number>) =>
    Array.from(actual, (_, i) => (values[i] === -Infinity ? -1e5 : (values[i] ?? 0)));
  const shape = [actual.length];
  expectClose({ shape, values: finite(actual) }, { shape, values: finite(expected) }, { rtol: 1e-5, atol: 1e-5 });
}

describe('crfLogLikelihood', () => {
  it('and its gradient are the sums over all rows of tags', () => {
    let compared = 0;
    forAll(cases, (known) => {
      tf.tidy(() => {
        const { differentiated, given, tags } = problemOf(known);
        const weights = irregular<tf.Rank.R1>([known.lengths.length], known.seed, 'weights');
        const factors = weights.dataSync<'float32'>().slice();
        const arrays = arraysOf(differentiated);
        const likelihoods = known.lengths.map((_, b) => bruteForce(arrays, known, { tags, b }));
        // 1e4, of tags that no permitted row agrees with: float32 does not see the others beside it
        if (likelihoods.some((likelihood) => likelihood(arrays) === forbiddenScore)) return;
        expectPath(CrfLogLikelihood, () => {
          compared += checkGradients({
            tensors: differentiated,
            loss: () => tf.sum(tf.mul(crfLogLikelihood({ ...differentiated, ...given }), weights)),
            reference: (changed) =>
              likelihoods.reduce((sum, likelihood, b) => sum + factors[b]! * likelihood(changed as Arrays), 0),
            tolerance: { rtol: 1e-5, atol: 3e-7 },
          });
        });
      });
    });
    expect(compared).toBeGreaterThan(1500);
  });

  it('gives nothing forbidden a gradient, and tags that are forbidden a large finite loss without one', () => {
    tf.tidy(() => {
      const transitions = tf.tensor2d([0.3, -0.2, forbiddenScore, 0.7], [2, 2]); // 1 → 0 is forbidden
      const emissions = irregular<tf.Rank.R3>([3, 2, 2], 5, 'emissions');
      const [start, end] = [tf.tensor1d([0.1, 0.2]), tf.tensor1d([-0.3, 0.4])];
      const tags = tf.tensor2d([0, 1, 0, 0, 1, 1], [3, 2], 'int32');
      const lengths = tf.tensor1d([3, 3], 'int32');
      const values = crfLogLikelihood({ emissions, transitions, start, end, tags, lengths }).dataSync();
      expect(values[1]).toBe(forbiddenScore);
      expect(values[0]).toBeGreaterThan(-10);
      const gradient = tf.grads((e: tf.Tensor, t: tf.Tensor) =>
        tf.sum(
          crfLogLikelihood({ emissions: e as tf.Tensor3D, transitions: t as tf.Tensor2D, start, end, tags, lengths }),
        ),
      );
      const [dEmissions, dTransitions] = gradient([emissions, transitions]) as [tf.Tensor3D, tf.Tensor2D];
      expect(dTransitions.arraySync()[1]![0]).toBe(0);
      expect(dTransitions.arraySync()[0]!.every((value) => value !== 0)).toBe(true);
      expect(dEmissions.arraySync().every((step) => step[1]!.every((value) => value === 0))).toBe(true);
      expect(dEmissions.arraySync().every((step) => step[0]!.every((value) => value !== 0))).toBe(true);
    });
  });

  it('is the same with more padding and other scores in it', () => {
    tf.tidy(() => {
      const known = { timeSteps: 5, tagCount: 3, lengths: [3, 5, 0], seed: 3, unknown: 0.2, forbidden: 0, scale: 1 };
      const { differentiated, given } = problemOf(known);
      const longer = {
        ...differentiated,
        emissions: tf.concat<tf.Tensor3D>([differentiated.emissions, tf.mul(tf.ones<tf.Rank.R3>([2, 3, 3]), NaN)]),
        tags: tf.concat<tf.Tensor2D>([
          given.tags,
          tf.tensor2d(
            Array.from({ length: 6 }, () => 77),
            [2, 3],
            'int32',
          ),
        ]),
        lengths: given.lengths,
      };
      const expected = crfLogLikelihood({ ...differentiated, ...given });
      expectClose(crfLogLikelihood(longer), expected, { rtol: 0, atol: 0 });
      expect(expected.dataSync()[2]).toBe(0);
      const gradient = tf.grad((e: tf.Tensor) => tf.sum(crfLogLikelihood({ ...longer, emissions: e as tf.Tensor3D })));
      const padding = tf.slice(gradient(longer.emissions), 5).dataSync();
      expect(padding.every((value) => value === 0)).toBe(true);
    });
  });

  it('keeps no tensor but its result', () => {
    const { differentiated, given } = tf.tidy(() =>
      problemOf({ timeSteps: 4, tagCount: 3, lengths: [4, 2], seed: 1, unknown: 0, forbidden: 0, scale: 1 }),
    );
    const before = tf.memory().numTensors;
    const result = crfLogLikelihood({ ...differentiated, ...given });
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([result, differentiated, given]);
  });
});

describe('crfForwardBackward', () => {
  it('is the sums over all rows of tags: marginals, α + β, ln Z', () => {
    forAll(cases, (known) => {
      tf.tidy(() => {
        const { differentiated, given } = problemOf(known);
        const arrays = arraysOf(differentiated);
        const expected = { marginals: new Float64Array(differentiated.emissions.size), throughs: [] as number[] };
        const partitions = known.lengths.map((length, b) => {
          const rows = allRows(arrays, known, b);
          for (let at = 0; at < length * known.tagCount; at++) {
            const [t, tag] = [Math.floor(at / known.tagCount), at % known.tagCount];
            const through = logSum(rows.filter(({ tags }) => tags[t] === tag));
            const to = (t * known.lengths.length + b) * known.tagCount + tag;
            expected.marginals[to] = through === -Infinity ? 0 : Math.exp(through - logSum(rows));
            expected.throughs[to] = through;
          }
          return logSum(rows);
        });
        expectPath(CrfForwardBackward, () => {
          const result = crfForwardBackward({ ...differentiated, lengths: given.lengths });
          const { shape } = result.marginals;
          expectClose(result.marginals, { shape, values: expected.marginals }, { rtol: 1e-5, atol: 1e-7 });
          expectSame(result.logPartition.dataSync(), partitions);
          expectSame(
            tf.add(result.forward, result.backward).dataSync(),
            Float64Array.from(expected.throughs, (x = 0) => x),
          );
        });
      });
    });
  });

  it('gives the probability of any run of tags', () => {
    tf.tidy(() => {
      const known = { timeSteps: 5, tagCount: 3, lengths: [5], seed: 8, unknown: 0, forbidden: 0.1, scale: 1 };
      const { differentiated, given } = problemOf(known);
      const arrays = arraysOf(differentiated);
      const result = crfForwardBackward({ ...differentiated, lengths: given.lengths });
      const [forward, backward] = [result.forward.dataSync(), result.backward.dataSync()];
      const rows = allRows(arrays, known, 0);
      const best = rows.toSorted((a, b) => b.score - a.score)[1]!.tags;
      for (const [m, n] of [
        [0, 4],
        [1, 3],
        [2, 2],
      ] as const) {
        let score = forward[m * 3 + best[m]!]! + backward[n * 3 + best[n]!]!;
        for (let t = m + 1; t <= n; t++) {
          score += arrays.transitions[best[t - 1]! * 3 + best[t]!]! + arrays.emissions[t * 3 + best[t]!]!;
        }
        const agreeing = rows.filter(({ tags }) => tags.slice(m, n + 1).join() === best.slice(m, n + 1).join());
        const expected = Math.exp(logSum(agreeing) - logSum(rows));
        expect(Math.exp(score - result.logPartition.dataSync()[0]!)).toBeCloseTo(expected, 5);
      }
    });
  });
});

describe('crfViterbi', () => {
  it('finds the rows that an exhaustive search finds, best first', () => {
    forAll(cases, (known) => {
      tf.tidy(() => {
        const { differentiated, given } = problemOf(known);
        const arrays = arraysOf(differentiated);
        const nBest = 1 + (known.seed % 7);
        expectPath(CrfViterbi, () => {
          const { tags, scores } = crfViterbi({ ...differentiated, lengths: given.lengths }, { nBest });
          const expected = known.lengths.map((_, b) => allRows(arrays, known, b).toSorted((x, y) => y.score - x.score));
          const inOrder = Array.from({ length: nBest }, (_, n) => expected.map((rows) => rows[n]));
          const rows = inOrder.map((each) =>
            Array.from({ length: known.timeSteps }, (_, t) => each.map((row) => row?.tags[t] ?? 0)),
          );
          expect(tags.arraySync()).toEqual(rows);
          expectSame(
            scores.dataSync(),
            inOrder.flat().map((row) => row?.score ?? -Infinity),
          );
        });
      });
    });
  });

  it('takes the lowest ids of rows with the same score, from the last tag on', () => {
    tf.tidy(() => {
      const scores: CrfTensors = {
        emissions: tf.zeros([3, 1, 2]),
        transitions: tf.zeros([2, 2]),
        start: tf.zeros([2]),
        end: tf.zeros([2]),
        lengths: tf.tensor1d([3], 'int32'),
      };
      const rows = tf.squeeze<tf.Tensor2D>(crfViterbi(scores, { nBest: 9 }).tags, [2]).arraySync();
      expect(rows).toEqual([
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [1, 1, 0],
        [0, 0, 1],
        [1, 0, 1],
        [0, 1, 1],
        [1, 1, 1],
        [0, 0, 0],
      ]);
    });
  });
});

describe('long rows and scores far apart', () => {
  /** One sequence, its log-likelihood and gradient, and the same by sums of logarithms in float64. */
  function expectSums(scores: CrfTensors, tags: tf.Tensor2D): void {
    tf.tidy(() => {
      const arrays = toCrfArrays(scores);
      const [lattice] = latticesOf(arrays);
      const known = rowsWith(lattice!, tags.dataSync());
      const [size, count] = [lattice!.emissions.length, arrays.tagCount];
      const sums = { emissions: new Float64Array(size), transitions: new Float64Array(count ** 2) };
      const ends = { start: new Float64Array(count), end: new Float64Array(count) };
      addExpectations(known, 1, { ...sums, ...ends });
      addExpectations(lattice!, -1, { ...sums, ...ends });
      const partition = (each: Lattice): number => logPartition(each, forwardScores(each));
      const value = crfLogLikelihood({ ...scores, tags });
      const expected = [partition(known) - partition(lattice!)];
      expectClose(value, { shape: [1], values: expected }, { rtol: 1e-5, atol: 1e-6, name: 'likelihood' });
      const gradients = tf.grads((emissions: tf.Tensor, transitions: tf.Tensor) =>
        tf.sum(
          crfLogLikelihood({
            ...scores,
            emissions: emissions as tf.Tensor3D,
            transitions: transitions as tf.Tensor2D,
            tags,
          }),
        ),
      )([scores.emissions, scores.transitions]);
      const named = { emissions: scores.emissions.shape, transitions: scores.transitions.shape };
      for (const [i, key] of (['emissions', 'transitions'] as const).entries()) {
        const tolerance = { rtol: 1e-5, atol: 1e-6, name: `gradient of ${key}` };
        expectClose(gradients[i]!, { shape: named[key], values: sums[key] }, tolerance);
      }
    });
  }

  it.each([
    { scale: 1, timeSteps: 20_000 },
    { scale: 50, timeSteps: 20_000 },
    { scale: 2000, timeSteps: 500 },
  ])('are exact: scores of ±$scale, $timeSteps steps', ({ scale, timeSteps }) => {
    const known = { timeSteps, tagCount: 5, lengths: [timeSteps], seed: 9, unknown: 0.5, forbidden: 0.1, scale };
    const { differentiated, given } = tf.tidy(() => problemOf(known));
    const anything = tf.tensor2d(
      given.tags.dataSync<'int32'>().map((tag, t) => (t % 10 === 0 ? tag : -1)),
      [timeSteps, 1],
      'int32',
    );
    expectSums({ ...differentiated, lengths: given.lengths }, anything);
    tf.dispose([differentiated, given, anything]);
  });

  it('finds again what had become unlikely by far more than float64 holds', () => {
    // Two tags that never change. The second falls behind by e^-60 a step, 20 times, then the first does, 40 times.
    tf.tidy(() => {
      const emissions = tf.tensor3d(
        Array.from({ length: 60 }, (_, t) => [[t < 20 ? 0 : -60, t < 20 ? -60 : 0]]),
        [60, 1, 2],
      );
      const transitions = tf.tensor2d([0.5, forbiddenScore, forbiddenScore, 0.25], [2, 2]);
      const scores = { emissions, transitions, start: tf.zeros<tf.Rank.R1>([2]), end: tf.zeros<tf.Rank.R1>([2]) };
      const lengths = tf.tensor1d([60], 'int32');
      const unknown = tf.tensor2d(
        Array.from({ length: 60 }, () => -1),
        [60, 1],
        'int32',
      );
      expectSums({ ...scores, lengths }, unknown);
      const { marginals, logPartition } = crfForwardBackward({ ...scores, lengths });
      expect(logPartition.dataSync()[0]).toBeCloseTo(20 * -60 + 59 * 0.25, 3);
      expect(marginals.arraySync()[5]![0]![1]).toBe(1);
    });
  });
});

describe('bad input', () => {
  it('is named', () => {
    tf.tidy(() => {
      const known = { timeSteps: 4, tagCount: 3, lengths: [4, 2], seed: 1, unknown: 0, forbidden: 0, scale: 1 };
      const { differentiated, given } = problemOf(known);
      const all = { ...differentiated, ...given };
      const tags = (id: number) =>
        tf.tensor2d(
          Array.from({ length: 8 }, () => id),
          [4, 2],
          'int32',
        );
      const run = (change: Partial<typeof all>) => () => crfLogLikelihood({ ...all, ...change });
      expect(run({ start: tf.zeros([4]) })).toThrow('start must be [tags] = [3], got [4]');
      expect(run({ transitions: tf.zeros([3, 2]) })).toThrow('transitions must be [from, to] = [3, 3], got [3, 2]');
      expect(run({ lengths: tf.tensor1d([5, 0], 'int32') })).toThrow('lengths[0] must be from 0 to 4');
      expect(run({ lengths: tf.tensor1d([1, 0]) })).toThrow('lengths must be int32');
      expect(run({ tags: tags(3) })).toThrow('tags[0, 0] must be from 0 to 2, or −1');
      expect(run({ tags: tags(-2) })).toThrow(ShapeError);
      expect(() => crfViterbi(all, { nBest: 0 })).toThrow('nBest must be a whole number from 1 to 1000, got 0');
      expectClose(crfLogLikelihood(all), crfLogLikelihood(all), tolerances.forward);
    });
  });
});
