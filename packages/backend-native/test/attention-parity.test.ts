import * as tf from '@tensorflow/tfjs-core';
import { configureNative } from '@unroll/backend-native';
import { attention, pathCounts, SoftAttention } from '@unroll/core';
import { expectClose, forAll } from '@unroll/core/testing';
import * as fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { nativeFunctions } from '../src/native.js';
import { computeOn, irregular, wholeNumbers } from './support.js';

// core's suite holds both paths to the equations, for few numbers; here are any sizes, threads and instruction sets.

interface Case {
  readonly score: 'additive' | 'dot';
  readonly queries: number;
  readonly batch: number;
  readonly sourceTime: number;
  readonly size: number;
  readonly width: number;
  readonly hasLengths: boolean;
  readonly hasBias: boolean;
  readonly seed: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  score: fc.constantFrom('additive', 'dot'),
  queries: fc.constantFrom(1, 2, 3, 4, 5, 12),
  batch: fc.integer({ min: 1, max: 9 }),
  sourceTime: fc.integer({ min: 1, max: 40 }),
  size: fc.integer({ min: 1, max: 70 }),
  width: fc.integer({ min: 1, max: 70 }),
  hasLengths: fc.boolean(),
  hasBias: fc.boolean(),
  seed: fc.nat(1000),
});

/** Both results, and the gradients of all that has one. */
function results(given: Case): tf.Tensor[] {
  const { score, queries, batch, sourceTime, size, width, seed } = given;
  const random = (shape: number[], name: number) => irregular(shape, seed + name, 0.7) as tf.Tensor3D;
  const places = [queries, batch, sourceTime];
  const differentiated = {
    query: random([queries, batch, size], 1),
    keys: random([sourceTime, batch, size], 2),
    values: random([sourceTime, batch, width], 3),
    ...(score === 'additive' && { scoreVector: irregular([size], seed + 4, 0.5) as tf.Tensor1D }),
    ...(given.hasBias && { scoreBias: tf.where(tf.less(random(places, 5), -0.4), -Infinity, random(places, 6)) }),
  };
  const lengths = given.hasLengths ? (wholeNumbers([batch], seed, sourceTime + 1) as tf.Tensor1D) : undefined;
  const attend = () => attention({ ...differentiated, lengths }, { score, scale: 0.4 });
  const { grads } = tf.engine().gradients(() => {
    const { context, weights } = attend();
    const ofContext = tf.mul(context, random([queries, batch, width], 7));
    return tf.add(tf.sum(ofContext), tf.sum(tf.mul(weights, random(places, 8))));
  }, Object.values(differentiated));
  const { context, weights } = attend();
  return [context, weights, ...grads];
}

afterEach(() => {
  nativeFunctions().limitInstructionSet('avx512');
  configureNative({});
});

it.each([
  ['baseline', 2],
  ['avx2', 1],
  ['avx512', 3],
] as const)('%s with %i threads gives what the readable path gives', (instructionSet, threads) => {
  forAll(
    cases,
    (given) => {
      const expected = computeOn('cpu', () => results(given));
      configureNative({ threads });
      nativeFunctions().limitInstructionSet(instructionSet);
      const before = pathCounts(SoftAttention);
      const actual = computeOn('native', () => results(given));
      const after = pathCounts(SoftAttention);
      expect({ fused: after.fused - before.fused, steps: after.steps - before.steps }).toEqual({ fused: 2, steps: 0 });
      for (const [i, each] of actual.entries())
        expectClose(each, expected[i]!, { rtol: 1e-5, atol: 1e-5, name: `result ${i}` });
    },
    25,
  );
});

it('gives a gradient the same bits with any number of threads', () => {
  const given = { score: 'additive', queries: 9, batch: 5, sourceTime: 21, size: 130, width: 70 } as const;
  const bits = [1, 2, 3, 5].map((threads) => {
    configureNative({ threads });
    return computeOn('native', () => results({ ...given, hasLengths: true, hasBias: true, seed: 3 }));
  });
  for (const each of bits) expect(each).toEqual(bits[0]);
});
