import { disposeParameters, type LossContext, type LossResult, type Parameters, type RandomKey } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ForecastModel, ScaledForecast, WindowBatch } from '../types.js';

/** A network that gives every step of the horizon at once, as one number for each. */
export interface DirectNetwork {
  readonly parameters: Parameters;
  /** steps ahead */
  readonly horizon: number;
  /** what is minimised: the squared or the absolute error of a step, scaled */
  readonly loss: 'mse' | 'mae';
  /** only the horizon's last step is learnt and forecast */
  readonly lastStepOnly?: boolean;
  /**
   * @param targets - `[batch, channels, contextLength]`, scaled
   * @param key - of dropout; absent outside of training
   * @returns `[batch, channels, horizon]`, or `[batch, channels, 1]` with `lastStepOnly`
   */
  forward(targets: tf.Tensor3D, key?: RandomKey): tf.Tensor3D;
}

/** The model of a network that reads targets alone: its loss is Σ observed ⊙ (ŷ − y)², or |ŷ − y|, over the horizon. */
export function directModel(network: DirectNetwork): ForecastModel {
  const { parameters, horizon } = network;
  return {
    parameters,
    longestHorizon: horizon,
    loss: (batch, context) => directLoss(network, batch, context),
    predict: (batch) => directForecast(network, batch),
    dispose: () => disposeParameters(parameters),
  };
}

function directLoss(network: DirectNetwork, batch: WindowBatch, { training, key }: LossContext): LossResult {
  const { lagLength, contextLength, horizon } = batch;
  const begin = lagLength + contextLength;
  const [first, steps] = network.lastStepOnly ? [begin + horizon - 1, 1] : [begin, horizon];
  const observed = stepsOf(batch, batch.observed, { first, steps });
  const count = observed.reduce((sum, value) => sum + value, 0);
  return tf.tidy(() => {
    const forecast = network.forward(contextOf(batch), training ? key : undefined);
    const error = tf.sub(forecast, tensorOf(batch, stepsOf(batch, batch.targets, { first, steps })));
    const real = count === observed.length ? error : tf.mul(error, tensorOf(batch, observed));
    const sum = tf.sum<tf.Scalar>(network.loss === 'mse' ? tf.square(real) : tf.abs(real));
    return { sum, count };
  });
}

function directForecast(network: DirectNetwork, batch: WindowBatch): ScaledForecast {
  const values = tf.tidy(() => network.forward(contextOf(batch)).dataSync()) as Float32Array;
  if (!network.lastStepOnly) return { mean: values };
  const mean = new Float32Array(values.length * batch.horizon).fill(NaN);
  values.forEach((value, row) => (mean[(row + 1) * batch.horizon - 1] = value));
  return { mean };
}

/** `[batch, channels, contextLength]`: what the network reads. */
function contextOf(batch: WindowBatch): tf.Tensor3D {
  const { lagLength, contextLength } = batch;
  return tensorOf(batch, stepsOf(batch, batch.targets, { first: lagLength, steps: contextLength }));
}

function tensorOf({ batchSize, channels }: WindowBatch, values: Float32Array): tf.Tensor3D {
  return tf.tensor3d(values, [batchSize, channels, values.length / (batchSize * channels)]);
}

/** Some steps of each row of `values` `[batch, channels, lagLength + contextLength + horizon]`. */
function stepsOf(
  { batchSize, channels, lagLength, contextLength, horizon }: WindowBatch,
  values: Float32Array,
  { first, steps }: { readonly first: number; readonly steps: number },
): Float32Array {
  const length = lagLength + contextLength + horizon;
  const picked = new Float32Array(batchSize * channels * steps);
  for (let row = 0; row < batchSize * channels; row++) {
    picked.set(values.subarray(row * length + first, row * length + first + steps), row * steps);
  }
  return picked;
}
