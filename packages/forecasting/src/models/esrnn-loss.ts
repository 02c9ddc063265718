import * as tf from '@tensorflow/tfjs-core';
import type { AlignedRows } from './esrnn-rows.js';

/** The steps of each row from which forecasts are compared: `from[row]` … `end[row] − 1`. */
export interface ForecastPlaces {
  readonly from: Int32Array;
  readonly end: Int32Array;
}

/** One level that is learnt and the weight of its loss. */
export interface WeightedLevel {
  readonly tau: number;
  readonly weight: number;
}

/** How many observed values the forecasts of these places are compared with. */
export function countTargets(
  { rows, timeSteps, observed, lengths }: AlignedRows,
  { from, end }: ForecastPlaces,
  horizon: number,
): number {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const length = lengths[row]!;
    for (let t = from[row]!; t < end[row]!; t++) {
      for (let next = t + 1; next <= t + horizon && next < length; next++) count += observed[row * timeSteps + next]!;
    }
  }
  return count;
}

/**
 * Pinball loss of forecasts made at many steps of a series, on logarithms:
 *
 *   Σ over places t, steps h and levels τ of weight · max(τ·e, (τ − 1)·e),   e = ln y_{t+h} − predicted
 *
 * over observed values; one operation with a derivative of its own, because there are places · horizon errors of each row and
 * level, which as tensors would be written and read again for each elementary step.
 *
 * @param predicted - `[places, rows, levels, horizon]`: ln ŷ
 */
export function windowPinball(
  predicted: tf.Tensor4D,
  rows: AlignedRows,
  { places, levels }: { readonly places: ForecastPlaces; readonly levels: readonly WeightedLevel[] },
): tf.Scalar {
  const operation = tf.customGrad((input, save) => {
    const { shape } = input as tf.Tensor4D;
    const values = (input as tf.Tensor).dataSync() as Float32Array;
    const { sum, gradient } = sumErrors(values, rows, { places, levels, horizon: shape[3] });
    (save as tf.GradSaveFunc)([tf.tensor4d(gradient, shape)]);
    return {
      value: tf.scalar(sum),
      gradFunc: (dSum: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0]!, dSum),
    };
  });
  return operation(predicted);
}

function sumErrors(
  predicted: Float32Array,
  { rows, timeSteps, logValues, observed, lengths }: AlignedRows,
  { places, levels, horizon }: { places: ForecastPlaces; levels: readonly WeightedLevel[]; horizon: number },
): { sum: number; gradient: Float32Array } {
  const gradient = new Float32Array(predicted.length);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const first = row * timeSteps;
    for (let t = places.from[row]!; t < places.end[row]!; t++) {
      const steps = Math.min(horizon, lengths[row]! - 1 - t);
      for (const [l, { tau, weight }] of levels.entries()) {
        const at = ((t * rows + row) * levels.length + l) * horizon;
        for (let j = 0; j < steps; j++) {
          if (observed[first + t + 1 + j] !== 1) continue;
          const error = logValues[first + t + 1 + j]! - predicted[at + j]!;
          const slope = weight * (error < 0 ? tau - 1 : tau);
          sum += slope * error;
          gradient[at + j] = -slope;
        }
      }
    }
  }
  return { sum, gradient };
}
