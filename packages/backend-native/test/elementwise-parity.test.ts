import * as tf from '@tensorflow/tfjs-core';
import { forAll } from '@unroll/core/testing';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { booleans, computeOn, constant, expectParity, fixedShapes, irregular, wholeNumbers } from './support.js';

afterAll(() => tf.setBackend('native'));

/** Vector remainders, several rows, and now and then enough numbers for several threads. */
const shapes = fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }) },
  { weight: 1, arbitrary: fixedShapes([70_001], [257, 300], [3, 1, 40_000]) },
);
const seeds = fc.nat({ max: 1000 });

const positive = (x: tf.Tensor) =>
  tf.tensor(
    x.dataSync().map((v) => Math.abs(v) + 0.01),
    x.shape,
  );

const unary: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  Abs: tf.abs,
  Neg: tf.neg,
  Square: tf.square,
  Sqrt: (x) => tf.sqrt(positive(x)),
  Rsqrt: (x) => tf.rsqrt(positive(x)),
  Reciprocal: (x) => tf.reciprocal(positive(x)),
  Exp: tf.exp,
  Log: (x) => tf.log(positive(x)),
  Tanh: tf.tanh,
  Sigmoid: tf.sigmoid,
  Relu: tf.relu,
  Relu6: (x) => tf.relu6(irregular(x.shape, 3, 9)),
  LeakyRelu: (x) => tf.leakyRelu(x, 0.13),
  Step: (x) => tf.step(x, 0.3),
  Sign: tf.sign,
  Floor: tf.floor,
  Ceil: tf.ceil,
  ClipByValue: (x) => tf.clipByValue(x, -0.7, 1.1),
  Softplus: tf.softplus,
  Elu: tf.elu,
};

const binary: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  Add: tf.add,
  Sub: tf.sub,
  Multiply: tf.mul,
  RealDiv: (a, b) => tf.div(a, positive(b)),
  Maximum: tf.maximum,
  Minimum: tf.minimum,
  SquaredDifference: tf.squaredDifference,
  Pow: (a, b) => tf.pow(positive(a), b),
  Prelu: (a, b) => tf.prelu(a, b),
};

const compare: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  Equal: tf.equal,
  NotEqual: tf.notEqual,
  Less: tf.less,
  LessEqual: tf.lessEqual,
  Greater: tf.greater,
  GreaterEqual: tf.greaterEqual,
};

/** Two shapes that broadcast together: axes of either turned into 1, leading axes of either left out. */
const broadcastPairs = fc.record({ shape: shapes, a: fc.nat(), b: fc.nat(), drop: fc.nat({ max: 5 }) }).map((pick) => {
  const keep = (bits: number) => pick.shape.map((size, axis) => ((bits >> axis) & 1 ? 1 : size));
  const a = keep(pick.a & pick.b ? 0 : pick.a);
  const b = keep(pick.b);
  const dropped = b.slice(Math.min(pick.drop % 3, b.length));
  return pick.drop > 2 ? { a: dropped, b: a } : { a, b: dropped };
});

describe('unary kernels', { timeout: 60_000 }, () => {
  it.each(Object.entries(unary))('%s gives what plain JavaScript gives', (kernelName, f) => {
    forAll(
      fc.tuple(shapes, seeds),
      ([shape, seed]) => expectParity(kernelName, () => f(irregular(shape, seed, 3))),
      20,
    );
  });

  // NaN, infinities and both zeros, in the vector part and in the remainder.
  const edges = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 88.9, -88.9, 1e30, -1e30, 2.5, -2.5, 8388609, -0.4, 1e-20];
  it.each(Object.entries(unary).filter(([name]) => !['Sqrt', 'Rsqrt', 'Reciprocal', 'Log', 'Relu6'].includes(name)))(
    '%s treats NaN and infinities as plain JavaScript does',
    (_, f) => expectSameEdges(() => f(tf.tensor1d([...edges, ...edges, ...edges.slice(0, 9)]))),
  );
  it.each([tf.sqrt, tf.rsqrt, tf.reciprocal, tf.log, tf.relu6])('a function of the whole line at its edges (%#)', (f) =>
    expectSameEdges(() => f(tf.tensor1d([...edges, ...edges, ...edges.slice(0, 9)]))),
  );
});

function expectSameEdges(compute: () => tf.Tensor): void {
  const [expected] = computeOn('cpu', compute);
  const [actual] = computeOn('native', compute);
  // Numbers too small for float32's usual form count as 0, and -0 as 0.
  const round = (v: number) => (Math.abs(v) < 1e-37 ? 0 : Number(v.toPrecision(4)));
  const rounded = (values: Iterable<number>) => Array.from(values, (v) => (Number.isFinite(v) ? round(v) : v));
  expect(rounded(actual!.values)).toEqual(rounded(expected!.values));
}

describe('binary kernels', { timeout: 60_000 }, () => {
  it.each([...Object.entries(binary), ...Object.entries(compare)])('%s broadcasts as NumPy does', (kernelName, f) => {
    forAll(
      fc.tuple(broadcastPairs, seeds),
      // Whole numbers, so that comparisons also meet equal ones.
      ([{ a, b }, seed]) => {
        const numbers = (shape: number[], of: number) =>
          kernelName in compare ? tf.cast(wholeNumbers(shape, of, 3), 'float32') : irregular(shape, of);
        expectParity(kernelName, () => f(numbers(a, seed), numbers(b, seed + 1)));
      },
      20,
    );
  });

  it.each([tf.maximum, tf.minimum])('the greater and the lesser of NaN and a number are NaN (%#)', (f) => {
    const [result] = computeOn('native', () =>
      f(
        tf.tensor1d([NaN, 1, NaN, ...constant([14], 2).dataSync()]),
        tf.tensor1d([1, NaN, NaN, ...constant([14], 3).dataSync()]),
      ),
    );
    expect(Array.from(result!.values.slice(0, 3))).toEqual([NaN, NaN, NaN]);
  });
});

describe('AddN and Select', { timeout: 60_000 }, () => {
  it('AddN sums any number of tensors', () => {
    forAll(
      fc.tuple(shapes, fc.integer({ min: 1, max: 5 }), seeds),
      ([shape, count, seed]) => {
        expectParity('AddN', () => tf.addN(Array.from({ length: count }, (_, i) => irregular(shape, seed + i))));
      },
      20,
    );
  });

  it('Select chooses number by number', () => {
    forAll(
      fc.tuple(shapes, seeds),
      ([shape, seed]) => {
        const condition = () => booleans(shape, seed);
        expectParity('Select', () => tf.where(condition(), irregular(shape, seed), irregular(shape, seed + 1)));
      },
      20,
    );
  });

  it('Select chooses whole rows by a condition on the first axis', () => {
    const condition = tf.tensor1d([true, false, true], 'bool');
    const chosen = tf.engine().runKernel<tf.Tensor>('Select', { condition, t: tf.ones([3, 5]), e: tf.zeros([3, 5]) });
    expect([...chosen.dataSync()]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });
});
