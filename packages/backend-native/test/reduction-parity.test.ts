import * as tf from '@tensorflow/tfjs-core';
import { forAll } from '@unroll/core/testing';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { computeOn, constant, expectParity, fixedShapes, irregular } from './support.js';

afterAll(() => tf.setBackend('native'));

const shapes = fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.integer({ min: 1, max: 19 }), { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fixedShapes([60_001], [257, 300], [5, 700, 33]) },
);
const cases = fc.record({ shape: shapes, axisBits: fc.nat({ max: 15 }), keepDims: fc.boolean(), seed: fc.nat(1000) });

type Reduce = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;
const reductions: Record<string, Reduce> = {
  Sum: (x, axes, keepDims) => tf.sum(x, axes, keepDims),
  Mean: (x, axes, keepDims) => tf.mean(x, axes, keepDims),
  Max: (x, axes, keepDims) => tf.max(x, axes, keepDims),
  Min: (x, axes, keepDims) => tf.min(x, axes, keepDims),
};
const chosen = (shape: number[], bits: number) => shape.map((_, axis) => axis).filter((axis) => (bits >> axis) & 1);

describe('reductions', { timeout: 60_000 }, () => {
  it.each(Object.entries(reductions))('%s over any axes', (kernelName, reduce) => {
    forAll(
      cases,
      ({ shape, axisBits, keepDims, seed }) =>
        expectParity(kernelName, () => reduce(irregular(shape, seed), chosen(shape, axisBits), keepDims)),
      60,
    );
  });

  it('Prod over any axes', () => {
    forAll(
      cases,
      ({ shape, axisBits, keepDims, seed }) => {
        const x = () =>
          tf.add(
            1,
            tf.mul(
              0.01,
              irregular(
                shape.map((n) => Math.min(n, 20)),
                seed,
              ),
            ),
          );
        expectParity('Prod', () => tf.prod(x(), chosen(shape, axisBits), keepDims));
      },
      30,
    );
  });

  it('TopK over the last axis, the first of equal ones first', () => {
    const ofRows = fc.record({ shape: shapes, share: fc.double({ min: 0, max: 1, noNaN: true }), seed: fc.nat(1000) });
    forAll(
      ofRows,
      ({ shape, share, seed }) => {
        const k = Math.min(40, Math.round(share * shape.at(-1)!));
        expectParity('TopK', () => tf.topk(tf.floor(irregular(shape, seed)), k, true).values);
        expectParity('TopK', () => tf.topk(tf.floor(irregular(shape, seed)), k, true).indices);
      },
      30,
    );
  });

  it('TopK of rows that rise, that fall, and that are minus infinity', () => {
    const rows = () =>
      tf.tensor2d([
        [...Array(100).keys()],
        Array.from({ length: 100 }, (_, i) => -i),
        Array.from({ length: 100 }, (_, i) => (i === 99 ? -3 : -Infinity)),
      ]);
    const { values, indices } = tf.topk(rows(), 3);
    expect(values.arraySync()).toEqual([
      [99, 98, 97],
      [-0, -1, -2],
      [-3, -Infinity, -Infinity],
    ]);
    expect(indices.arraySync()).toEqual([
      [99, 98, 97],
      [0, 1, 2],
      [99, 0, 1],
    ]);
  });

  it.each(['ArgMax', 'ArgMin'])('%s over one axis finds the first of equal ones', (kernelName) => {
    const f = kernelName === 'ArgMax' ? tf.argMax : tf.argMin;
    forAll(
      cases,
      ({ shape, axisBits, seed }) => {
        expectParity(kernelName, () => f(tf.floor(irregular(shape, seed)), axisBits % shape.length));
      },
      40,
    );
  });

  it.each([tf.sum, tf.mean, tf.max, tf.min])('a NaN anywhere makes the result NaN (%#)', (f) => {
    for (const at of [0, 7, 16, 34]) {
      const row = Array.from({ length: 35 }, (_, i) => (i === at ? NaN : i));
      const [rows, columns] = computeOn('native', () => [f(tf.tensor2d([row, row]), 1), f(tf.tensor2d([row, row]), 0)]);
      expect([...rows!.values]).toEqual([NaN, NaN]);
      expect(Number.isNaN(columns!.values[at])).toBe(true);
    }
  });

  it('the sum of nothing is 0', () => {
    expect([...computeOn('native', () => tf.sum(tf.zeros([3, 0]), 1))[0]!.values]).toEqual([0, 0, 0]);
  });

  it('sums of many numbers keep their digits', () => {
    const [result] = computeOn('native', () => tf.sum(constant([1_000_000], 0.1)));
    expect(result!.values[0]).toBeCloseTo(100_000.00149, 1);
  });
});

describe('softmax', { timeout: 60_000 }, () => {
  const rows = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 })),
    fc.constantFrom([3, 10_000] as [number, number], [500, 65] as [number, number]),
  );

  it('gives what plain JavaScript gives', () => {
    forAll(
      fc.tuple(rows, fc.nat(1000)),
      ([shape, seed]) => {
        expectParity('Softmax', () => tf.softmax(irregular(shape, seed, 30)));
      },
      40,
    );
  });

  it('does not overflow, and its logarithm neither', () => {
    const x = tf.tensor2d([
      [1e30, 0, -1e30],
      [-1e4, -1e4, -1e4],
    ]);
    const y = tf.engine().runKernel<tf.Tensor>('Softmax', { logits: x }, { dim: 1 });
    expect([...y.dataSync()].map((v) => Number(v.toFixed(6)))).toEqual([1, 0, 0, 0.333333, 0.333333, 0.333333]);
    const log = tf.engine().runKernel<tf.Tensor>('LogSoftmax', { logits: tf.tensor2d([[1000, 0]]) }, { axis: 1 });
    expect([...log.dataSync()]).toEqual([0, -1000]);
  });

  it('the logarithm is the logarithm', () => {
    forAll(
      fc.tuple(rows, fc.nat(1000)),
      ([shape, seed]) => {
        const logits = irregular(shape, seed, 5);
        const log = tf.engine().runKernel<tf.Tensor>('LogSoftmax', { logits }, { axis: 1 });
        const expected = tf.logSoftmax(logits);
        const worst = tf.max(tf.abs(tf.sub(log, expected))).dataSync()[0]!;
        expect(worst).toBeLessThan(1e-5);
      },
      20,
    );
  });
});
