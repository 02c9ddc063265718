import * as tf from '@tensorflow/tfjs-core';

/**
 * Rows of a table by index, with a gradient whose cost does not grow with the table.
 *
 * tfjs differentiates `gather` by UnsortedSegmentSum, which on its plain JavaScript engine passes over all rows that
 * were picked once for every row of the table: 100 s for 400 words of 10 000. There, and on engines that took this kernel
 * over, the gradient is scattered instead.
 *
 * @param table - `[rows, columns]`
 * @param indices - int32, any shape, each 0 … rows − 1
 * @returns `[…, columns]`
 */
export function gatherRows(table: tf.Tensor2D, indices: tf.Tensor): tf.Tensor {
  if (!sumsSegmentsInPlainJavaScript()) return tf.gather(table, indices);
  const [size, columns] = table.shape;
  const gradFunc = (dRows: tf.Tensor, [picked]: tf.Tensor[]) =>
    tf.scatterND(tf.reshape(picked!, [-1, 1]), tf.reshape(dRows, [-1, columns]), [size, columns]);
  const gather = tf.customGrad((rows, save) => {
    (save as tf.GradSaveFunc)([indices]);
    return { value: tf.gather(rows as tf.Tensor2D, indices), gradFunc };
  });
  return gather(table);
}

function sumsSegmentsInPlainJavaScript(): boolean {
  const plain = tf.getKernel(tf.UnsortedSegmentSum, 'cpu');
  tf.backend(); // tfjs chooses its backend lazily, and names none before
  return plain !== undefined && tf.getKernel(tf.UnsortedSegmentSum, tf.getBackend())?.kernelFunc === plain.kernelFunc;
}
