import * as tf from '@tensorflow/tfjs-core';

/** `tf.tidy` for a function that returns a named record of ours: its type, unlike tfjs', need not have an index signature. */
export function tidy<T extends object>(compute: () => T): T {
  return tf.tidy(compute as () => tf.TensorContainer) as T;
}
