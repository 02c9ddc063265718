import { createParameter, deriveKey, prefixParameters } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ForecastModel } from '../types.js';
import { directModel } from './direct.js';
import type { ModelOptions } from './model-options.js';
import { uniformLinear } from './uniform.js';

/**
 * One linear map from the context to the horizon, shared by all channels, of values relative to the last one:
 *
 *   ŷ = (x − x_L)·W + b + x_L
 *
 * Parameters: `map.kernel` `[contextLength, horizon]`, `map.bias` `[horizon]`.
 *
 * @see Zeng, Chen, Zhang & Xu 2023, "Are transformers effective for time series forecasting?", NLinear
 */
export function createNLinear({ config, contextLength, key }: ModelOptions<'nlinear'>): ForecastModel {
  const { horizon } = config;
  const map = uniformLinear({ inputSize: contextLength, outputSize: horizon, key: deriveKey(key, 'map') });
  return directModel({
    parameters: prefixParameters('map', map.parameters),
    horizon,
    loss: 'mse',
    forward: (targets) => {
      const last = tf.slice(targets, [0, 0, contextLength - 1]);
      return tf.add(map.apply(tf.sub(targets, last)), last);
    },
  });
}

/**
 * A moving average m (of `kernelLength` steps, the ends repeated beyond the context) and the rest, each with a linear
 * map of its own, shared by all channels:
 *
 *   ŷ = m·W_m + b_m + (x − m)·W_r + b_r,   m = x·A
 *
 * The average is a matrix A `[contextLength, contextLength]`, so both maps are one: x·(A·(W_m − W_r) + W_r). That is how
 * it is computed; a step of training takes two products whose size does not grow with the batch besides the map itself.
 *
 * Parameters: `trend.kernel`, `rest.kernel` `[contextLength, horizon]`, `trend.bias`, `rest.bias` `[horizon]`.
 *
 * @see Zeng, Chen, Zhang & Xu 2023, DLinear
 */
export function createDLinear({ model, config, contextLength, key }: ModelOptions<'dlinear'>): ForecastModel {
  const { horizon } = config;
  const trend = uniformLinear({ inputSize: contextLength, outputSize: horizon, key: deriveKey(key, 'trend') });
  const rest = uniformLinear({ inputSize: contextLength, outputSize: horizon, key: deriveKey(key, 'rest') });
  const average = createParameter<tf.Rank.R2>(
    [contextLength, contextLength],
    () => movingAverage(contextLength, model.kernelLength),
    key,
  );
  const direct = directModel({
    parameters: { ...prefixParameters('trend', trend.parameters), ...prefixParameters('rest', rest.parameters) },
    horizon,
    loss: 'mse',
    forward: (targets) => {
      const kernel = tf.add(tf.matMul(average, tf.sub(trend.kernel, rest.kernel)), rest.kernel);
      const rows = tf.reshape(targets, [-1, contextLength]);
      const forecast = tf.add(tf.matMul(rows, kernel), tf.add(trend.bias!, rest.bias!));
      return tf.reshape(forecast, [targets.shape[0], targets.shape[1], horizon]);
    },
  });
  return {
    ...direct,
    dispose: () => {
      average.dispose();
      direct.dispose();
    },
  };
}

/** A `[length, length]`: row i says how much of step i is in the average around each step; every column sums to 1. */
function movingAverage(length: number, kernelLength: number): Float32Array {
  const average = new Float32Array(length * length);
  const before = Math.floor((kernelLength - 1) / 2);
  for (let step = 0; step < length; step++) {
    for (let k = 0; k < kernelLength; k++) {
      const source = Math.min(length - 1, Math.max(0, step - before + k));
      average[source * length + step]! += 1 / kernelLength;
    }
  }
  return average;
}
