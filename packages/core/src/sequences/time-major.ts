import * as tf from '@tensorflow/tfjs-core';

/**
 * `[batch, time, …]` to `[time, batch, …]`, and the same function back. Public arrays are batch-major; layers and kernels
 * are time-major inside, so one conversion at each end of a stack is enough.
 */
export function swapBatchAndTime<T extends tf.Tensor>(tensor: T): T {
  const rest = tensor.shape.slice(2).map((_, i) => i + 2);
  return tf.transpose(tensor, [1, 0, ...rest]);
}
