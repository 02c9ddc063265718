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

/**
 * The same of plain numbers, row by row: for few of them a kernel's call costs more than they do.
 *
 * @param logits - `[row, width]`
 * @returns the same shape
 */
export function logSoftmaxRows(logits: Float32Array, width: number): Float32Array {
  const output = new Float32Array(logits.length);
  for (let from = 0; from < logits.length; from += width) {
    let highest = -Infinity;
    for (let i = from; i < from + width; i++) if (logits[i]! > highest) highest = logits[i]!;
    let sum = 0;
    for (let i = from; i < from + width; i++) sum += Math.exp(logits[i]! - highest);
    const total = highest + Math.log(sum);
    for (let i = from; i < from + width; i++) output[i] = logits[i]! - total;
  }
  return output;
}
