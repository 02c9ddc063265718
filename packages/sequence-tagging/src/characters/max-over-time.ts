import * as tf from '@tensorflow/tfjs-core';

/**
 * The largest of each feature over time. Where several steps have it (a word of one letter again and again) they share the gradient;
 * tfjs' own gradient would give each of them all of it.
 *
 * @param input - `[time, batch, features]`, at least one step
 * @returns `[batch, features]`
 */
export function maxOverTime(input: tf.Tensor3D): tf.Tensor2D {
  const operation = tf.customGrad((values, save) => {
    const largest: tf.Tensor2D = tf.max(values as tf.Tensor3D, 0);
    (save as tf.GradSaveFunc)([values as tf.Tensor3D, largest]);
    return {
      value: largest,
      gradFunc: (dLargest: tf.Tensor, [all, best]: tf.Tensor[]) => {
        const chosen = tf.cast(tf.equal(all!, best!), 'float32');
        return tf.mul(chosen, tf.div(dLargest, tf.sum(chosen, 0)));
      },
    };
  });
  return operation(input);
}
