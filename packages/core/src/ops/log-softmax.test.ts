import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { checkGradients } from '../testing/check-gradients.js';
import { expectClose } from '../testing/expect-close.js';
import { irregular } from '../testing/sequence-problem.js';
import { logSoftmax, logSoftmaxRows } from './log-softmax.js';

it('is the logarithm of a softmax, with its gradient', () => {
  tf.tidy(() => {
    const [rows, width] = [3, 19];
    const logits = tf.mul(irregular<tf.Rank.R2>([rows, width], 1, 'logits'), 5);
    const slopes = irregular<tf.Rank.R2>([rows, width], 2, 'slopes');
    const weights = slopes.dataSync();
    const compared = checkGradients({
      tensors: { logits },
      loss: () => tf.sum(tf.mul(logSoftmax(logits), slopes)),
      reference: ({ logits: x }) =>
        x!.reduce((sum, value, i) => {
          const row = Math.floor(i / width) * width;
          const total = x!.subarray(row, row + width).reduce((all, each) => all + Math.exp(each), 0);
          return sum + weights[i]! * (value - Math.log(total));
        }, 0),
      tolerance: { rtol: 1e-5, atol: 1e-6 },
    });
    expect(compared).toBe(rows * width);
    expect(logSoftmax(logits).shape).toEqual([rows, width]);
  });
});

it('is the same of plain rows, however large their numbers are', () => {
  tf.tidy(() => {
    const logits = tf.add(tf.mul(irregular<tf.Rank.R2>([3, 19], 1, 'logits'), 5), tf.tensor2d([0, 500, -500], [3, 1]));
    const values = logSoftmaxRows(logits.dataSync<'float32'>(), 19);
    expectClose({ shape: [3, 19], values }, logSoftmax(logits), { rtol: 1e-5, atol: 1e-5 });
  });
});
