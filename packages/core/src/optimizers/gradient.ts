import * as tf from '@tensorflow/tfjs-core';
import { scatterRows } from '../ops/scatter-rows.js';
import { sumRowsByIndex, type TableRows } from '../ops/sum-rows-by-index.js';

/** Of a variable: as large as it is, or, of a table of which few rows were used, these rows; the others' is zero. */
export type Gradient = tf.Tensor | TableRows;

export function hasRows(gradient: Gradient): gradient is TableRows {
  return 'rows' in gradient;
}

/** As large as the variable. @returns the same tensor if it already is; otherwise one that the caller owns */
export function denseGradient(gradient: Gradient, shape: readonly number[]): tf.Tensor {
  if (!hasRows(gradient)) return gradient;
  return scatterRows(shape as [number, number], gradient.rows, gradient.values);
}

/**
 * The sum of two gradients of one variable: rows and rows give rows, all else a dense one. The addends are disposed.
 *
 * @param shape - of the variable
 */
export function addGradients(a: Gradient, b: Gradient, shape: readonly number[]): Gradient {
  const sum = hasRows(a) && hasRows(b) ? addRows(a, b) : addDense(a, b, shape);
  disposeGradient(a);
  disposeGradient(b);
  return sum;
}

export function disposeGradient(gradient: Gradient): void {
  tf.dispose(hasRows(gradient) ? [gradient.rows, gradient.values] : gradient);
}

function addRows(a: TableRows, b: TableRows): TableRows {
  const [indices, values] = [tf.concat([a.rows, b.rows]), tf.concat([a.values, b.values])];
  const sum = sumRowsByIndex(indices, values);
  tf.dispose([indices, values]);
  return sum;
}

function addDense(a: Gradient, b: Gradient, shape: readonly number[]): tf.Tensor {
  return tf.tidy(() => tf.add(denseGradient(a, shape), denseGradient(b, shape)));
}
