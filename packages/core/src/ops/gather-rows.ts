import * as tf from '@tensorflow/tfjs-core';
import { collectedLookup } from './lookups.js';
import { scatterRows } from './scatter-rows.js';

/**
 * Rows of a table by index. In a training step the gradient is that of the rows alone (`collectLookups`); elsewhere it
 * is as large as the table, and costs zeros and what was picked.
 *
 * @param table - `[rows, columns]`
 * @param indices - int32, any shape, each 0 … rows − 1
 * @returns `[…, columns]`
 */
export function gatherRows(table: tf.Tensor2D, indices: tf.Tensor): tf.Tensor {
  const gradFunc = (dPicked: tf.Tensor, [saved]: tf.Tensor[]) => scatterRows(table.shape, saved!, dPicked);
  const gather = tf.customGrad((rows, save) => {
    (save as tf.GradSaveFunc)([indices]);
    return { value: tf.gather(rows as tf.Tensor2D, indices), gradFunc };
  });
  return collectedLookup(table, indices) ?? gather(table);
}
