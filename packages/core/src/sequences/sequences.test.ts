import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { forAll, sequenceCases } from '../testing/arbitraries.js';
import { expectClose } from '../testing/expect-close.js';
import { irregular } from '../testing/sequence-problem.js';
import { lengthsFromMask, maskFromLengths } from './lengths.js';
import { reverseValid } from './reverse.js';
import { swapBatchAndTime } from './time-major.js';

const exact = { rtol: 0, atol: 0 };

describe('lengths', () => {
  it('become a mask of as many ones, and back', () => {
    tf.tidy(() => {
      const lengths = tf.tensor1d([2, 0, 3], 'int32');
      const mask = maskFromLengths(lengths, 3);
      expect(mask.arraySync()).toEqual([
        [1, 1, 0],
        [0, 0, 0],
        [1, 1, 1],
      ]);
      expect(mask.dtype).toBe('float32');
      expect(Array.from(lengthsFromMask(mask).dataSync())).toEqual([2, 0, 3]);
      expect(lengthsFromMask(mask).dtype).toBe('int32');
    });
  });
});

describe('reverseValid', () => {
  it('turns the real steps round and leaves the padding where it is', () => {
    tf.tidy(() => {
      const input = tf.tensor3d([
        [[1], [10]],
        [[2], [20]],
        [[3], [30]],
      ]);
      const reversed = reverseValid(input, tf.tensor1d([2, 3], 'int32'));
      expect(reversed.arraySync()).toEqual([
        [[2], [30]],
        [[1], [20]],
        [[3], [10]],
      ]);
    });
  });

  it('twice is the identity', () => {
    forAll(sequenceCases, ({ timeSteps, batchSize, inputSize, lengths, seed }) =>
      tf.tidy(() => {
        const input = irregular<tf.Rank.R3>([timeSteps, batchSize, inputSize], seed, 'input');
        const tensor = tf.tensor1d([...lengths], 'int32');
        expectClose(reverseValid(reverseValid(input, tensor), tensor), input, exact);
      }),
    );
  });
});

it('swapBatchAndTime exchanges the first two axes, at any rank from 2 on', () => {
  tf.tidy(() => {
    expect(
      swapBatchAndTime(
        tf.tensor2d([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ).arraySync(),
    ).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    const input = irregular<tf.Rank.R4>([2, 3, 4, 5], 1, 'input');
    const swapped = swapBatchAndTime(input);
    expect(swapped.shape).toEqual([3, 2, 4, 5]);
    expectClose(swapBatchAndTime(swapped), input, exact);
    expectClose(tf.slice(swapped, [1, 0, 0, 0], [1, 1, 4, 5]), tf.slice(input, [0, 1, 0, 0], [1, 1, 4, 5]), exact);
  });
});
