import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { ctcLoss } from './ctc-loss.js';

it('is the loss and gradient of PyTorch', () => {
  const logits = tf.tensor3d([0.1, 0.2, 0.3, 1, 2, 3, -1, 0.5, 0.2], [3, 1, 3]);
  const loss = (x: tf.Tensor) => ctcLoss(x as tf.Tensor3D, { lengths: [3], labels: [Int32Array.of(1)] });
  expectClose(loss(logits), { shape: [1], values: [2.17479014] }, tolerances.forward);
  const gradient = tf.grad((x: tf.Tensor) => tf.sum(loss(x)))(logits);
  const values = [-0.2239, -0.1433, 0.3672, -0.0611, -0.6041, 0.6652, -0.0711, -0.3061, 0.3772];
  expectClose(gradient, { shape: [3, 1, 3], values }, { rtol: 0, atol: 1e-4 });
});
