import * as tf from '@tensorflow/tfjs-core';
import { hasKernel } from './has-kernel.js';

/**
 * x − ln Σ eˣ over the last axis: log-probabilities of logits. `tf.logSoftmax` is a chain of six operations; this is one
 * kernel where the engine has it.
 *
 * @param logits - `[…, vocabulary]`
 * @returns the same shape; the caller owns it
 */
export function logSoftmax<T extends tf.Tensor>(logits: T): T {
  if (!hasKernel(tf.LogSoftmax)) return tf.logSoftmax(logits);
  const axis = logits.shape.length - 1;
  return tf.engine().runKernel<T>(tf.LogSoftmax, { logits }, { axis });
}
