import { ConfigError, disposeParameters, type Parameters, type RandomKey } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { pointLoss } from '../loss.js';
import type { ForecastModel, ScaledForecast, WindowBatch } from '../types.js';
import { stepsOf } from './parts.js';

/** A network that reads targets alone and gives every step of the horizon at once, one number each. */
export interface DirectNetwork {
  readonly parameters: Parameters;
  /** steps ahead */
  readonly horizon: number;
  /** what is minimised: the squared or the absolute error of a step, scaled */
  readonly loss: 'mse' | 'mae';
  /** only the horizon's last step is learnt and forecast */
  readonly lastStepOnly?: boolean;
  /**
   * @param targets - `[batch, channels, contextLength]`, scaled; steps before a series' start have its first value
   * @param key - of dropout; absent outside of training
   * @returns `[batch, channels, horizon]`, or `[batch, channels, 1]` with `lastStepOnly`
   */
  forward(targets: tf.Tensor3D, key?: RandomKey): tf.Tensor3D;
}

/**
 * The model of such a network; its loss is a sum over the observed values of the horizon. Fewer steps than it was trained
 * for are the first of them.
 *
 * @throws {ConfigError} in `predict`: `forecast/horizon` for another horizon than that of `lastStepOnly`
 */
export function directModel(network: DirectNetwork): ForecastModel {
  const { parameters, horizon, lastStepOnly = false } = network;
  return {
    parameters,
    longestHorizon: horizon,
    loss: (batch, { training, key }) => {
      const forecast = tf.tidy(() => network.forward(contextOf(batch), training ? key : undefined));
      return pointLoss(forecast, lastStepOnly ? atLastStep(batch) : batch, network.loss);
    },
    predict: (batch) => {
      if (lastStepOnly && batch.horizon !== horizon) throw onlyLastStep(batch.horizon, horizon);
      const values = tf.tidy(() => {
        const forecast = network.forward(contextOf(batch));
        const steps = lastStepOnly ? 1 : batch.horizon;
        return tf.slice(forecast, [0, 0, 0], [-1, -1, steps]).dataSync<'float32'>();
      });
      return { mean: lastStepOnly ? spreadLastStep(values, horizon) : values } satisfies ScaledForecast;
    },
    dispose: () => disposeParameters(parameters),
  };
}

function onlyLastStep(asked: number, horizon: number): ConfigError {
  const message = `the model forecasts step ${horizon} alone (model.lastStepOnly), not ${asked} steps; ask for ${horizon}`;
  return new ConfigError('forecast/horizon', `${message}, or train without lastStepOnly`);
}

/** What a network reads: `[batch, channels, contextLength]`. */
function contextOf(batch: WindowBatch): tf.Tensor3D {
  const { batchSize, channels, contextLength } = batch;
  const targets = stepsOf(batch, 'targets', { from: 0, steps: contextLength });
  for (let row = 0; row < batchSize * channels; row++) {
    // Zeros before the start of a series would look like a jump to its first value.
    const before = contextLength - batch.origin[Math.floor(row / channels)]!;
    const begin = row * contextLength;
    if (before > 0) targets.fill(targets[begin + before]!, begin, begin + before);
  }
  return tf.tensor3d(targets, [batchSize, channels, contextLength]);
}

/** The same windows with a horizon of one step, where that of `batch` ends. */
function atLastStep(batch: WindowBatch): WindowBatch {
  return { ...batch, contextLength: batch.contextLength + batch.horizon - 1, horizon: 1 };
}

/** `[batch, channels, 1]` to `[batch, channels, horizon]`: NaN before the last step. */
function spreadLastStep(values: Float32Array, horizon: number): Float32Array {
  const mean = new Float32Array(values.length * horizon).fill(NaN);
  values.forEach((value, row) => (mean[(row + 1) * horizon - 1] = value));
  return mean;
}
