import * as tf from '@tensorflow/tfjs-core';
import { configureNative } from '@unroll/backend-native';
import { CtcLoss, ctcLoss, pathCounts } from '@unroll/core';
import { expectClose } from '@unroll/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { nativeFunctions } from '../src/native.js';
import { computeOn, irregular } from './support.js';

// core's suite holds both paths to sums over all alignments, of few symbols; here are as many as tasks have.

interface Case {
  readonly timeSteps: number;
  readonly batchSize: number;
  readonly symbols: number;
  readonly most: number;
  readonly blank?: number;
}

/** Losses, and their gradient with a weight for each. */
function results({ timeSteps, batchSize, symbols, most, blank = 0 }: Case): tf.Tensor[] {
  const logits = irregular([timeSteps, batchSize, symbols], 1, 4) as tf.Tensor3D;
  const lengths = Array.from({ length: batchSize }, (_, b) => (b === 0 ? timeSteps : (b * 7) % (timeSteps + 1)));
  const labels = lengths.map((length, b) =>
    Int32Array.from({ length: Math.min(most, length >> (b % 3)) }, (_, i) => {
      const other = 1 + ((b + i * i) % (symbols - 1));
      return (blank + other) % symbols;
    }),
  );
  const losses = () => ctcLoss(logits, { lengths, labels, blank });
  const { grads } = tf.engine().gradients(() => {
    const each = losses();
    const finite = tf.where(tf.isFinite(each), each, tf.zerosLike(each));
    return tf.sum(tf.mul(finite, irregular([batchSize], 6, 1)));
  }, [logits]);
  const each = losses();
  return [tf.where(tf.isFinite(each), each, tf.neg(tf.onesLike(each))), ...grads];
}

afterEach(() => {
  nativeFunctions().limitInstructionSet('avx512');
  configureNative({});
});

describe('connectionist temporal classification', () => {
  it.each<Case>([
    { timeSteps: 1, batchSize: 1, symbols: 2, most: 1 },
    { timeSteps: 60, batchSize: 9, symbols: 40, most: 25 },
    { timeSteps: 33, batchSize: 12, symbols: 129, most: 16, blank: 128 },
    { timeSteps: 400, batchSize: 2, symbols: 5, most: 90, blank: 2 },
  ])('gives the numbers of the readable path, with any number of threads the same bits: %o', (each) => {
    const stepsBefore = pathCounts(CtcLoss).steps;
    const expected = computeOn('cpu', () => results(each));
    expect(pathCounts(CtcLoss).steps - stepsBefore).toBe(2);
    const runs = (
      [
        ['baseline', 1],
        ['avx2', 3],
        ['avx512', 2],
        ['avx512', 1],
      ] as const
    ).map(([instructionSet, threads]) => {
      nativeFunctions().limitInstructionSet(instructionSet);
      configureNative({ threads });
      const fusedBefore = pathCounts(CtcLoss).fused;
      const actual = computeOn('native', () => results(each));
      expect(pathCounts(CtcLoss).fused - fusedBefore).toBe(2);
      actual.forEach((numbers, i) =>
        expectClose(numbers, expected[i]!, { rtol: 1e-5, atol: 1e-6, name: `result ${i}, ${instructionSet}` }),
      );
      return actual;
    });
    expect(runs[3]).toEqual(runs[2]);
  });
});
