import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from '../tensors/shapes.js';

/**
 * Reverses the real steps of each sequence and leaves the padding where it is.
 *
 * @param input - `[time, batch, features]`
 * @param lengths - int32 `[batch]`, each 0 … time
 * @returns the same shape
 * @throws {ShapeError} `shape/mismatch`
 */
export function reverseValid(input: tf.Tensor3D, lengths: tf.Tensor1D): tf.Tensor3D {
  assertShape('input', input, { time: 'any', batch: 'any', features: 'any' });
  const [time, batch, features] = input.shape;
  assertShape('lengths', lengths, { batch });
  return tf.tidy(() => {
    const t = tf.expandDims(tf.range(0, time, 1, 'int32'), 1);
    const mirrored = tf.sub(tf.sub(lengths, tf.scalar(1, 'int32')), t);
    const source = tf.where(tf.less(t, lengths), mirrored, tf.broadcastTo(t, [time, batch]));
    const rows = tf.add(tf.mul(source, tf.scalar(batch, 'int32')), tf.range(0, batch, 1, 'int32'));
    const picked = tf.gather(tf.reshape(input, [time * batch, features]), tf.reshape(rows, [-1]));
    return tf.reshape(picked, [time, batch, features]);
  });
}
