import * as tf from '@tensorflow/tfjs-core';
import { configureNative, kernelRuns, resetKernelRuns } from '@unroll/backend-native';
import { forAll } from '@unroll/core/testing';
import * as fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { computeOn, expectParity, irregular } from './support.js';

afterAll(() => tf.setBackend('native'));
afterEach(() => configureNative({}));

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(65, 130) },
);
const products = fc.record({
  m: size,
  n: size,
  k: size,
  batch: fc.constantFrom([], [1], [3], [2, 2]),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  repeatB: fc.boolean(),
  seed: fc.nat({ max: 1000 }),
});
type Product = typeof products extends fc.Arbitrary<infer T> ? T : never;

const shapeA = (p: Product) => [...p.batch, ...(p.transposeA ? [p.k, p.m] : [p.m, p.k])];
const shapeB = (p: Product) => [...(p.repeatB ? [] : p.batch), ...(p.transposeB ? [p.n, p.k] : [p.k, p.n])];
const scale = 0.5;
// Up to 130 products of up to 0.25 each, summed in float32.
const tolerance = { rtol: 1e-5, atol: 1e-5 };

describe('matrix products', { timeout: 60_000 }, () => {
  it('BatchMatMul with batches, transposed or not', () => {
    forAll(products, (p) => {
      const [a, b] = [() => irregular(shapeA(p), p.seed, scale), () => irregular(shapeB(p), p.seed + 1, scale)];
      expectParity('BatchMatMul', () => tf.matMul(a(), b(), p.transposeA, p.transposeB), tolerance);
    });
  });

  it.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const)(
    '_FusedMatMul with %s',
    (activation) => {
      forAll(
        products,
        (p) => {
          expectParity(
            '_FusedMatMul',
            () =>
              tf.fused.matMul({
                a: irregular(shapeA(p), p.seed, scale),
                b: irregular(shapeB({ ...p, repeatB: p.batch.length === 0 }), p.seed + 1, scale),
                transposeA: p.transposeA,
                transposeB: p.transposeB,
                bias: irregular([p.n], p.seed + 2),
                activation,
                leakyreluAlpha: 0.3,
                ...(activation === 'prelu' && { preluActivationWeights: irregular([p.m, p.n], p.seed + 3) }),
              }),
            tolerance,
          );
        },
        25,
      );
    },
  );

  it('leaves batches that are broadcast axis by axis to plain JavaScript, and counts it', () => {
    const compute = () => tf.matMul(irregular([2, 1, 3, 4], 1), irregular([1, 3, 4, 2], 2));
    resetKernelRuns();
    computeOn('native', compute);
    expect(kernelRuns()['BatchMatMul']).toEqual({ native: 0, fallback: 1 });
  });

  it('a product over nothing is 0', () => {
    expect([...computeOn('native', () => tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])))[0]!.values]).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
  });

  it('gives the same bits again, whatever the memory held before', () => {
    const compute = () => tf.matMul(irregular([37, 129], 5), irregular([129, 65], 6));
    expect(computeOn('native', compute)).toEqual(computeOn('native', compute));
  });

  it('bfloat16 rounds the factors and nothing else', () => {
    const compute = () => tf.matMul(irregular([20, 50], 5), irregular([50, 33], 6));
    const exact = [...computeOn('native', compute)[0]!.values];
    configureNative({ precision: 'bfloat16' });
    const rounded = computeOn('native', compute)[0]!.values;
    const errors = exact.map((value, i) => Math.abs(value - rounded[i]!));
    // Two factors of up to 2, each off by at most 2^-9 of itself, 50 times.
    expect(Math.max(...errors)).toBeLessThan(50 * 4 * 2 * 2 ** -9);
    expect(Math.max(...errors)).toBeGreaterThan(1e-4);
  });
});
