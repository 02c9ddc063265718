import * as tf from '@tensorflow/tfjs-core';
import { configureNative } from '@unroll/backend-native';
import {
  CrfForwardBackward,
  crfForwardBackward,
  CrfLogLikelihood,
  crfLogLikelihood,
  CrfViterbi,
  crfViterbi,
  forbiddenScore,
  pathCounts,
  type Path,
} from '@unroll/core';
import { expectClose } from '@unroll/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { nativeFunctions } from '../src/native.js';
import { computeOn, irregular, wholeNumbers } from './support.js';

// core's suite holds both paths to sums over all rows of tags, of few tags; here are as many as tasks have.

const names = ['emissions', 'transitions', 'start', 'end'] as const;
const tolerance = { rtol: 1e-5, atol: 1e-6 };

interface Case {
  readonly timeSteps: number;
  readonly batchSize: number;
  readonly tagCount: number;
  /** some tags are not known, and some transitions forbidden */
  readonly partly?: boolean;
}

/** All that the operations give. */
function results({ timeSteps, batchSize, tagCount, partly = false }: Case): readonly tf.Tensor[] {
  const pairs = irregular([tagCount, tagCount], 2, 3);
  const forbids = tf.cast(tf.less(irregular([tagCount, tagCount], 7, 1), tf.scalar(partly ? -0.6 : -9)), 'float32');
  const scores = {
    emissions: irregular([timeSteps, batchSize, tagCount], 1, 4) as tf.Tensor3D,
    transitions: tf.add<tf.Tensor2D>(pairs, tf.mul(forbids, forbiddenScore)),
    start: irregular([tagCount], 3, 2) as tf.Tensor1D,
    end: irregular([tagCount], 4, 2) as tf.Tensor1D,
  };
  const lengths = tf.tensor1d(
    Array.from({ length: batchSize }, (_, b) => (b === 0 ? timeSteps : (b * 7) % (timeSteps + 1))),
    'int32',
  );
  const drawn = wholeNumbers([timeSteps, batchSize], 5, tagCount).dataSync<'int32'>();
  const tags = tf.tensor2d(
    drawn.map((tag, i) => (partly && i % 3 > 0 ? -1 : tag)),
    [timeSteps, batchSize],
    'int32',
  );
  const weights = irregular([batchSize], 6, 1);
  const likelihood = () => crfLogLikelihood({ ...scores, tags, lengths });
  const { grads } = tf.engine().gradients(
    () => tf.sum(tf.mul(likelihood(), weights)),
    names.map((name) => scores[name]),
  );
  const { marginals, logPartition } = crfForwardBackward({ ...scores, lengths });
  const [one, three] = [1, 3].map((nBest) => crfViterbi({ ...scores, lengths }, { nBest }));
  return [one!.tags, three!.tags, one!.scores, likelihood(), marginals, logPartition, ...grads];
}

/** Those of `results` that must be equal to the bit. */
const equal = 3;

const counted = (path: Path) =>
  [CrfLogLikelihood, CrfForwardBackward, CrfViterbi].map((name) => pathCounts(name)[path]);

afterEach(() => {
  nativeFunctions().limitInstructionSet('avx512');
  configureNative({});
});

describe('a conditional random field', () => {
  it.each<Case>([
    { timeSteps: 1, batchSize: 1, tagCount: 2 },
    { timeSteps: 25, batchSize: 12, tagCount: 17 },
    { timeSteps: 13, batchSize: 9, tagCount: 45, partly: true },
    { timeSteps: 6, batchSize: 3, tagCount: 129 },
  ])('gives the numbers of the readable path, and the very rows of tags: %o', (each) => {
    const stepsBefore = counted('steps');
    const expected = computeOn('cpu', () => [...results(each)]);
    expect(counted('steps').map((count, i) => count - stepsBefore[i]!)).toEqual([2, 1, 2]);
    for (const [instructionSet, threads] of [
      ['baseline', 1],
      ['avx2', 3],
      ['avx512', 2],
    ] as const) {
      nativeFunctions().limitInstructionSet(instructionSet);
      configureNative({ threads });
      const fusedBefore = counted('fused');
      const actual = computeOn('native', () => [...results(each)]);
      expect(counted('fused').map((count, i) => count - fusedBefore[i]!)).toEqual([2, 1, 2]);
      expect(actual.slice(0, equal)).toEqual(expected.slice(0, equal));
      for (const [i, numbers] of actual.entries()) {
        expectClose(numbers, expected[i]!, { ...tolerance, name: `result ${i}, ${instructionSet}` });
      }
    }
  });
});
