import * as tf from '@tensorflow/tfjs-core';
import { hasKernel } from './has-kernel.js';
import { SumRowsByIndex } from './kernel-names.js';
import { countPath } from './path-counts.js';

/** Some rows of a table. */
export interface TableRows {
  /** int32 `[count]`, ascending, each once */
  readonly rows: tf.Tensor1D;
  /** `[count, columns]` */
  readonly values: tf.Tensor2D;
}

/**
 * The sum of the rows that have the same index, in the order in which they come: what the lookups of a table send back
 * to its rows.
 *
 * @param indices - int32 `[picked]`
 * @param values - `[picked, columns]`
 * @returns as many rows as there are different indices; the caller owns both tensors
 */
export function sumRowsByIndex(indices: tf.Tensor1D, values: tf.Tensor2D): TableRows {
  if (hasKernel(SumRowsByIndex)) {
    countPath(SumRowsByIndex, 'fused');
    const [rows, sums] = tf.engine().runKernel<tf.Tensor[]>(SumRowsByIndex, { indices, values });
    return { rows: rows as tf.Tensor1D, values: sums as tf.Tensor2D };
  }
  countPath(SumRowsByIndex, 'steps');
  const [ids, numbers, columns] = [indices.dataSync(), values.dataSync(), values.shape[1]];
  const rows = Int32Array.from(new Set(ids)).sort();
  const places = new Map(Array.from(rows, (row, place) => [row, place * columns]));
  const sums = new Float32Array(rows.length * columns);
  ids.forEach((id, i) => {
    const place = places.get(id)!;
    for (let column = 0; column < columns; column++) sums[place + column]! += numbers[i * columns + column]!;
  });
  return { rows: tf.tensor1d(rows, 'int32'), values: tf.tensor2d(sums, [rows.length, columns]) };
}
