import type { LossResult } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ScaledForecast, WindowBatch } from '../types.js';

/** The levels that a model learns: those asked for, and the median, which is its point forecast. */
export function quantileLevels(wanted: readonly number[]): readonly number[] {
  return [...new Set([...wanted, 0.5])].sort((a, b) => a - b);
}

export interface QuantileTargets {
  /** `[rows]`, scaled */
  readonly values: Float32Array;
  /** `[rows]`: 0 = does not count */
  readonly mask: Float32Array;
  readonly levels: readonly number[];
}

/**
 * Pinball loss, averaged over levels: Σ mask · mean over τ of max(τ·(y − q_τ), (τ − 1)·(y − q_τ)).
 *
 * One operation with a derivative of its own: a chain of tensors of this size takes longer than the network.
 *
 * @param predicted - `[rows, level]`
 * @see Koenker & Bassett 1978
 */
export function quantileLoss(predicted: tf.Tensor2D, targets: QuantileTargets): LossResult {
  const operation = tf.customGrad((outputs, save) => {
    const tensor = outputs as tf.Tensor2D;
    const { sum, slope } = walk(tensor.dataSync<'float32'>(), targets);
    (save as tf.GradSaveFunc)([tf.tensor2d(slope, tensor.shape)]);
    return {
      value: tf.scalar(sum),
      gradFunc: (dSum: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0]!, dSum),
    };
  });
  return { sum: operation(predicted), count: targets.mask.reduce((count, value) => count + value, 0) };
}

function walk(predicted: Float32Array, { values, mask, levels }: QuantileTargets) {
  const width = levels.length;
  const slope = new Float32Array(predicted.length);
  let sum = 0;
  for (let row = 0; row < values.length; row++) {
    if (mask[row] === 0) continue;
    for (let level = 0; level < width; level++) {
      const at = row * width + level;
      const error = values[row]! - predicted[at]!;
      const factor = error >= 0 ? levels[level]! : levels[level]! - 1;
      sum += factor * error;
      slope[at] = -factor / width;
    }
  }
  return { sum: sum / width, slope };
}

export interface QuantileShape {
  readonly batch: WindowBatch;
  readonly levels: readonly number[];
  /** steps that the model forecasts, of which the batch may want the first */
  readonly trainedHorizon: number;
}

/**
 * A head's numbers as a forecast; the median is its mean, too.
 *
 * @param predicted - `[batch·channels, trainedHorizon, level]`
 */
export function quantileForecast(
  predicted: Float32Array,
  { batch, levels, trainedHorizon }: QuantileShape,
): ScaledForecast {
  const { batchSize, channels, horizon } = batch;
  const rows = batchSize * channels;
  const size = rows * horizon;
  const quantiles = new Float32Array(levels.length * size);
  const median = levels.indexOf(0.5);
  for (let row = 0; row < rows; row++) {
    for (let step = 0; step < horizon; step++) {
      const at = (row * trainedHorizon + step) * levels.length;
      for (let level = 0; level < levels.length; level++) {
        quantiles[level * size + row * horizon + step] = predicted[at + level]!;
      }
    }
  }
  orderLevels(quantiles, levels.length);
  return { mean: quantiles.slice(median * size, (median + 1) * size), levels, quantiles };
}

/** Puts quantiles that cross in order (Chernozhukov, Fernández-Val & Galichon 2010). @param quantiles - `[level, …]` */
export function orderLevels(quantiles: Float32Array, levels: number): void {
  const size = quantiles.length / levels;
  const ofOne = new Float32Array(levels);
  for (let i = 0; i < size; i++) {
    for (let level = 0; level < levels; level++) ofOne[level] = quantiles[level * size + i]!;
    ofOne.sort();
    for (let level = 0; level < levels; level++) quantiles[level * size + i] = ofOne[level]!;
  }
}
