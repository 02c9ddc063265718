import * as tf from '@tensorflow/tfjs-core';
import { expectClose, forAll, tolerances } from '@unroll/core/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { booleans, computeOn, irregular, wholeNumbers, type Computation } from './support.js';

// The parity tests of each kernel choose their shapes; here they are odd: no axis at all, up to six, axes of nothing.

/** A shape of rank 0 … 6, small enough to compute with. */
const shapes = fc
  .array(fc.constantFrom<number[]>(0, 1, 1, 2, 2, 3, 4, 5), { maxLength: 6 })
  .filter((shape) => shape.reduce((product, n) => product * n, 1) <= 2000);

interface Case {
  readonly shape: number[];
  readonly seed: number;
  /** Numbers in [0, 1) for whatever an operation chooses. */
  readonly choices: readonly number[];
}
const cases: fc.Arbitrary<Case> = fc.record({
  shape: shapes,
  seed: fc.nat(1000),
  choices: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 12, maxLength: 12 }),
});

const x = ({ shape, seed }: Case) => irregular(shape, seed);
/** A whole number from 0 to below `limit`, or 0. */
const choose = ({ choices }: Case, at: number, limit: number) => Math.floor(choices[at % 12]! * limit);
const chosen = <T>(given: Case, at: number, options: readonly T[]): T => options[choose(given, at, options.length)]!;
const someAxes = (given: Case) => given.shape.map((_, axis) => axis).filter((axis) => given.choices[axis]! < 0.5);
const axisOf = (given: Case) => choose(given, 0, Math.max(1, given.shape.length));
/** The shape with some axes 1 and some of the first ones gone. */
const broadcastable = (given: Case) =>
  given.shape.map((n, axis) => (given.choices[axis]! < 0.4 ? 1 : n)).slice(choose(given, 7, given.shape.length + 1));
const permutation = (given: Case) =>
  given.shape.map((_, axis) => axis).sort((a, b) => given.choices[a]! - given.choices[b]!);
const begins = (given: Case) => given.shape.map((n, axis) => choose(given, axis, n + 1));

type Operation = (given: Case) => tf.Tensor | tf.Tensor[];
const ranked = (least: number, operation: Operation): Operation => {
  return (given) => operation(given.shape.length >= least ? given : { ...given, shape: [2, 3, 2].slice(0, least) });
};

const unary = [
  tf.abs,
  tf.neg,
  tf.square,
  tf.exp,
  tf.tanh,
  tf.sigmoid,
  tf.relu,
  tf.relu6,
  tf.step,
  tf.sign,
  tf.floor,
  tf.ceil,
  tf.softplus,
  tf.elu,
];
const binary = [tf.add, tf.sub, tf.mul, tf.maximum, tf.minimum, tf.squaredDifference, tf.prelu];
const comparisons = [tf.equal, tf.notEqual, tf.less, tf.lessEqual, tf.greater, tf.greaterEqual];
const reductions = [tf.sum, tf.mean, tf.prod, tf.max, tf.min];
const isEmpty = (shape: readonly number[]) => shape.includes(0);

const operations: Record<string, Operation> = {
  unary: (given) => chosen(given, 11, unary)(x(given)),
  clip: (given) => tf.clipByValue(x(given), -0.5, 0.75),
  logarithm: (given) => [tf.log(tf.add(tf.abs(x(given)), 0.1)), tf.rsqrt(tf.add(tf.square(x(given)), 0.1))],
  binary: (given) => {
    const [a, b] = [x(given), irregular(broadcastable(given), given.seed + 1)];
    const operation = chosen(given, 11, binary) as (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
    return given.choices[9]! < 0.5 ? operation(a, b) : operation(b, a);
  },
  quotient: (given) => tf.div(x(given), tf.add(tf.abs(irregular(broadcastable(given), 3)), 0.5)),
  comparison: (given) =>
    chosen(given, 11, comparisons)(tf.round(x(given)), tf.round(irregular(broadcastable(given), 7))),
  reduction: (given) => {
    const axes = someAxes(given);
    // The extremes of nothing are infinite; tested by themselves.
    const empty = axes.some((axis) => given.shape[axis] === 0) || (axes.length === 0 && isEmpty(given.shape));
    const reduce = chosen(given, 10, empty ? [tf.sum, tf.prod] : reductions);
    return reduce(x(given), axes, given.choices[11]! < 0.5);
  },
  argmax: ranked(1, (given) => {
    const axis = axisOf(given);
    if (given.shape[axis] === 0) return tf.sum(x(given));
    return [tf.argMax(x(given), axis), tf.argMin(x(given), axis)];
  }),
  topk: ranked(1, (given) => {
    const { values, indices } = tf.topk(tf.round(x(given)), choose(given, 3, given.shape.at(-1)! + 1), true);
    return [values, indices];
  }),
  softmax: ranked(1, (given) => [tf.softmax(x(given)), tf.logSoftmax(x(given))]),
  cast: (given) => [
    tf.cast(tf.cast(tf.mul(x(given), 9), 'int32'), 'float32'),
    tf.cast(tf.cast(tf.round(x(given)), 'bool'), 'float32'),
  ],
  transpose: (given) => tf.transpose(x(given), permutation(given)),
  reverse: (given) => tf.reverse(x(given), someAxes(given)),
  slice: (given) => {
    const from = begins(given);
    const sizes = given.shape.map((n, axis) => choose(given, axis + 5, n - from[axis]! + 1));
    return tf.slice(x(given), from, sizes);
  },
  pad: (given) =>
    tf.pad(
      x(given),
      given.shape.map((_, axis) => [choose(given, axis, 3), choose(given, axis + 5, 3)]),
      0.5,
    ),
  tile: (given) =>
    tf.tile(
      x(given),
      given.shape.map((_, axis) => 1 + choose(given, axis, 3)),
    ),
  concat: ranked(1, (given) => {
    const axis = axisOf(given);
    const other = given.shape.map((n, i) => (i === axis ? choose(given, 3, 4) : n));
    return tf.concat([x(given), irregular(other, 5), x(given)], axis);
  }),
  split: ranked(1, (given) => {
    const axis = axisOf(given);
    const first = choose(given, 4, given.shape[axis]! + 1);
    return tf.split(x(given), [first, given.shape[axis]! - first], axis);
  }),
  stack: (given) => {
    const stacked = tf.stack([x(given), irregular(given.shape, 9)], choose(given, 2, given.shape.length + 1));
    return given.shape[0] === 0 ? stacked : [stacked, ...tf.unstack(tf.expandDims(x(given), 0))];
  },
  gather: ranked(1, (given) => {
    const axis = axisOf(given);
    const rows = given.shape[axis]!;
    return tf.gather(
      x(given),
      wholeNumbers(rows === 0 ? [0] : [choose(given, 6, 5)], given.seed, Math.max(1, rows)),
      axis,
    );
  }),
  'segment sum': ranked(1, (given) => {
    const ids = wholeNumbers([given.shape[0]!], given.seed, 4) as tf.Tensor1D;
    return tf.unsortedSegmentSum(x(given), ids, 4);
  }),
  'one-hot': (given) => tf.oneHot(wholeNumbers(given.shape.slice(0, 3), given.seed, 5), 1 + choose(given, 1, 6)),
  where: (given) => tf.where(booleans(given.shape, given.seed), x(given), irregular(given.shape, 11)),
  product: (given) => {
    const [m, k, n] = [0, 1, 2].map((at) => choose(given, at, 6)) as [number, number, number];
    const [transposeA, transposeB] = [given.choices[3]! < 0.5, given.choices[4]! < 0.5];
    // A batch of nothing is left out: plain JavaScript gives it a number.
    const outerA = given.shape.slice(0, 2).map((size) => Math.max(1, size));
    const outerB = outerA.map((size) => (given.choices[5]! < 0.3 ? 1 : size));
    const a = irregular([...outerA, ...(transposeA ? [k, m] : [m, k])], 1);
    const b = irregular([...outerB, ...(transposeB ? [n, k] : [k, n])], 2);
    return tf.matMul(a, b, transposeA, transposeB);
  },
};

/** What came out, or that it was refused. */
function outcome(backendName: 'native' | 'cpu', compute: Computation) {
  try {
    return { results: computeOn(backendName, compute), error: undefined };
  } catch (error) {
    return { results: [], error: String(error) };
  } finally {
    void tf.setBackend('native');
  }
}

describe('random operators on odd shapes give what plain JavaScript gives', { timeout: 120_000 }, () => {
  it.each(Object.entries(operations))('%s', (name, operation) => {
    forAll(
      cases,
      (given) => {
        const expected = outcome('cpu', () => operation(given));
        const actual = outcome('native', () => operation(given));
        expect(actual.error === undefined, `${actual.error} against ${expected.error}`).toBe(
          expected.error === undefined,
        );
        for (const [i, result] of actual.results.entries())
          expectClose(result, expected.results[i]!, { ...tolerances.forward, name });
      },
      60,
    );
  });
});
