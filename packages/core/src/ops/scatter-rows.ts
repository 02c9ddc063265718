import * as tf from '@tensorflow/tfjs-core';

/**
 * Zeros with each of some rows added where its index says: the gradient of `gather`. It costs what was picked beside
 * the zeros, where tfjs' own transposes the whole table's gradient twice.
 *
 * @param indices - int32, any shape, each 0 … rows − 1
 * @param values - `[…, columns]`, one row for each index
 * @returns `[rows, columns]`
 */
export function scatterRows(
  [rows, columns]: readonly [number, number],
  indices: tf.Tensor,
  values: tf.Tensor,
): tf.Tensor {
  return tf.tidy(() => {
    const flat = tf.reshape(values, [-1, columns]);
    return sumsSegmentsInPlainJavaScript()
      ? tf.scatterND(tf.reshape(indices, [-1, 1]), flat, [rows, columns])
      : tf.unsortedSegmentSum(flat, tf.reshape(indices, [-1]), rows);
  });
}

/** The plain JavaScript kernel passes over all values once for every row of the table; some engines take it over. */
function sumsSegmentsInPlainJavaScript(): boolean {
  const plain = tf.getKernel(tf.UnsortedSegmentSum, 'cpu');
  return plain !== undefined && tf.getKernel(tf.UnsortedSegmentSum, tf.getBackend())?.kernelFunc === plain.kernelFunc;
}
