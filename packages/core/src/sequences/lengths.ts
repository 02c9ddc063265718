import * as tf from '@tensorflow/tfjs-core';

/**
 * 1 for a real step, 0 for padding: step t of a sequence is real while t < length.
 *
 * @param lengths - int32 `[batch]`
 * @returns float32 `[batch, timeSteps]`
 */
export function maskFromLengths(lengths: tf.Tensor1D, timeSteps: number): tf.Tensor2D {
  return tf.tidy(() => tf.cast(tf.less(tf.range(0, timeSteps, 1, 'int32'), tf.expandDims(lengths, 1)), 'float32'));
}

/**
 * How many steps of each sequence are real.
 *
 * @param mask - `[batch, time]`, ones before zeros
 * @returns int32 `[batch]`
 */
export function lengthsFromMask(mask: tf.Tensor2D): tf.Tensor1D {
  return tf.tidy(() => tf.cast(tf.sum(mask, 1), 'int32'));
}
