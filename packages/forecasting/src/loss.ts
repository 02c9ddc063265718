import type { LossResult } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Likelihood, RawOutputs } from './likelihoods/likelihood.js';
import { horizonOf } from './models/parts.js';
import type { WindowBatch } from './types.js';

/**
 * Squared or absolute error over the observed values of the horizon, in scaled units.
 *
 *   mse: Σ mask·(y − ŷ)²      mae: Σ mask·|y − ŷ|
 *
 * @param predicted - `[batch, channels, horizon]`
 */
export function pointLoss(predicted: tf.Tensor3D, batch: WindowBatch, kind: 'mse' | 'mae'): LossResult {
  const { targets, mask, count } = horizonTensors(batch);
  const sum = tf.tidy(() => {
    const error = tf.mul(tf.sub(predicted, targets), mask);
    return tf.sum<tf.Scalar>(kind === 'mse' ? tf.square(error) : tf.abs(error));
  });
  return { sum, count };
}

/**
 * Pinball loss of quantile forecasts over the observed values of the horizon, averaged over levels.
 *
 *   Σ mask · mean over τ of max(τ·(y − q_τ), (τ − 1)·(y − q_τ))
 *
 * @param predicted - `[level, batch, channels, horizon]`
 * @see Koenker & Bassett 1978
 */
export function pinballLoss(predicted: tf.Tensor4D, batch: WindowBatch, levels: readonly number[]): LossResult {
  const { targets, mask, count } = horizonTensors(batch);
  const sum = tf.tidy(() => {
    const tau = tf.tensor4d([...levels], [levels.length, 1, 1, 1]);
    const error = tf.mul(tf.sub(targets, predicted), mask);
    // max(τ·e, (τ − 1)·e) = τ·e + max(−e, 0)
    return tf.div<tf.Scalar>(tf.sum(tf.add(tf.mul(tau, error), tf.relu(tf.neg(error)))), levels.length);
  });
  return { sum, count };
}

function horizonTensors(batch: WindowBatch): { targets: tf.Tensor3D; mask: tf.Tensor3D; count: number } {
  const { batchSize, channels, horizon } = batch;
  const shape: [number, number, number] = [batchSize, channels, horizon];
  const observed = horizonOf(batch, 'observed');
  const targets = tf.tensor3d(horizonOf(batch, 'targets'), shape);
  return { targets, mask: tf.tensor3d(observed, shape), count: countOf(observed) };
}

function countOf(mask: Float32Array): number {
  let count = 0;
  for (const value of mask) count += value;
  return count;
}

/** What `likelihoodLoss` compares raw outputs with. */
export interface LikelihoodTargets {
  /** `[rows]`, scaled */
  readonly values: Float32Array;
  /** `[rows]`: 0 = does not count */
  readonly mask: Float32Array;
  /** `[rows]`: what a scaled value is multiplied by to be in the units of the data */
  readonly scales: Float32Array;
}

/**
 * −Σ mask · ln p(value | raw outputs), in nats; of likelihoods of counts in the units of the data, else of scaled values.
 *
 * One operation with a derivative of its own, in float64: tfjs has no ln Γ, and a chain of operations would be slower.
 *
 * @param raw - `[rows, likelihood.outputs]`
 */
export function likelihoodLoss(likelihood: Likelihood, raw: tf.Tensor2D, targets: LikelihoodTargets): LossResult {
  const operation = tf.customGrad((outputs, save) => {
    const tensor = outputs as tf.Tensor2D;
    const { sum, gradient } = walk(likelihood, tensor.dataSync<'float32'>(), targets);
    (save as tf.GradSaveFunc)([tf.tensor2d(gradient, tensor.shape)]);
    return {
      value: tf.scalar(sum),
      gradFunc: (dSum: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0]!, dSum),
    };
  });
  return { sum: operation(raw), count: countOf(targets.mask) };
}

function walk(likelihood: Likelihood, raw: Float32Array, { values, mask, scales }: LikelihoodTargets) {
  const { outputs } = likelihood;
  const gradient = new Float32Array(raw.length);
  const slope = new Float64Array(outputs);
  const place: RawOutputs = { values: raw, at: 0, scale: 1 };
  let sum = 0;
  for (let row = 0; row < values.length; row++) {
    if (mask[row] === 0) continue;
    place.at = row * outputs;
    place.scale = scales[row]!;
    sum += likelihood.negativeLogLikelihood(values[row]!, place, slope);
    gradient.set(slope, place.at);
  }
  return { sum, gradient };
}
