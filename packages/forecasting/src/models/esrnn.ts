import { disposeParameters, type LossContext, type LossResult } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { applyScaling } from '../scaling.js';
import type { ForecastModel, ScaledForecast, WindowBatch } from '../types.js';
import { countTargets, windowPinball, type ForecastPlaces } from './esrnn-loss.js';
import { createNetwork, forecastBase, networkParameters, smooth, walk, type Esrnn } from './esrnn-network.js';
import { alignRows, type AlignedRows } from './esrnn-rows.js';
import type { Smoothed } from './esrnn-smoothing.js';
import type { ModelOptions } from './model-options.js';
import { orderLevels } from './quantile-head.js';

/**
 * Exponential smoothing and a recurrent network, trained together.
 *
 *   l, s = exponential smoothing of y with coefficients of each series (`exponentialSmoothing`)
 *   x_t = ln(y_{t−w+1…t} / (l_t·s_{t−w+1…t}))         h = blocks of dilated LSTM layers, residual from the second on
 *   ŷ_{t+1…t+H} = exp(tanh(h_t·W + b)·V + c) · l_t · s_{t+1…t+H}
 *
 * Before the start of a series its first value is repeated, and a season beyond its newest estimate, in training as in use. It
 * learns at every step of a context, by the pinball loss of `tau` and of each of `config.quantiles`, on logarithms: errors are
 * relative, and large series weigh no more than others.
 *
 * Coefficients and first seasonal indices of a series are the sum of what all series share, of a primer from the series' own first
 * seasons, and of learnt rows of `series.…` (zeros at first); a series unseen in training has the first two alone.
 *
 * Parameters: `smoothing` `[1 + seasons]`, `series.smoothing.table` `[series·channels, 1 + seasons]`, `series.seasons.table`
 * `[series·channels, steps of all seasons]`, `blocks.0.0.…` of each LSTM, `hidden.…`, `head.…`.
 *
 * @throws {ConfigError} `config/covariates` where covariates over time are given, which it does not read
 *
 * @see Smyl 2020, "A hybrid method of exponential smoothing and recurrent neural networks for time series forecasting"
 */
export function createEsrnn(options: ModelOptions<'esrnn'>): ForecastModel {
  const net = createNetwork(options);
  const parameters = networkParameters(net);
  return {
    parameters,
    longestHorizon: net.horizon,
    loss: (batch, context) => loss(net, batch, context),
    predict: (batch) => predict(net, batch),
    dispose: () => disposeParameters(parameters),
  };
}

function loss(net: Esrnn, batch: WindowBatch, { training }: LossContext): LossResult {
  const { horizon, levels } = net;
  const rows = alignRows(batch, { ...net, timeSteps: batch.contextLength + horizon });
  const compared = training ? everyPlace(net, rows) : lastPlace(net, rows);
  const count = countTargets(rows, compared, horizon);
  const places = Math.max(1, ...compared.end);
  const sum = tf.tidy((): tf.Scalar => {
    const smoothed = smooth(net, rows);
    const output = net.head.apply(walk(net, rows, { batch, smoothed, places }));
    const base = tf.expandDims(forecastBase(net, smoothed, places), 2);
    const predicted: tf.Tensor4D = tf.add(tf.reshape(output, [places, rows.rows, levels.length, horizon]), base);
    const pinball = windowPinball(predicted, rows, { places: compared, levels });
    return training ? tf.add(pinball, tf.mul(roughness(net, rows, smoothed), count)) : pinball;
  });
  return { sum, count };
}

/** Where the network's window is full, and there is a next step; a short series is learnt from half of it on. */
function everyPlace({ inputLength }: Esrnn, { lengths }: AlignedRows): ForecastPlaces {
  return {
    from: lengths.map((length) => Math.min(inputLength - 1, length >> 1)),
    end: lengths.map((length) => Math.max(0, length - 1)),
  };
}

/** The end of the context. */
function lastPlace({ horizon }: Esrnn, { lengths }: AlignedRows): ForecastPlaces {
  const from = lengths.map((length) => Math.max(0, length - horizon - 1));
  return { from, end: lengths.map((length, row) => (length > horizon ? from[row]! + 1 : 0)) };
}

/** Mean square of the change of the level's relative change. */
function roughness({ levelVariabilityPenalty }: Esrnn, rows: AlignedRows, { level }: Smoothed): tf.Tensor {
  const { timeSteps, lengths } = rows;
  if (levelVariabilityPenalty === 0 || timeSteps < 3) return tf.scalar(0);
  const width = timeSteps - 2;
  const inside = new Float32Array(rows.rows * width);
  let count = 0;
  for (let row = 0; row < rows.rows; row++) {
    const steps = Math.max(0, lengths[row]! - 2);
    inside.fill(1, row * width, row * width + steps);
    count += steps;
  }
  const at = (from: number) => tf.slice(level, [0, from], [rows.rows, width]);
  const bend = tf.add(tf.sub(at(2), tf.mul(at(1), 2)), at(0));
  const squares = tf.sum(tf.mul(tf.square(bend), tf.tensor2d(inside, [rows.rows, width])));
  return tf.mul(squares, levelVariabilityPenalty / Math.max(1, count));
}

function predict(net: Esrnn, batch: WindowBatch): ScaledForecast {
  const { horizon, levels } = net;
  const rows = alignRows(batch, { ...net, timeSteps: batch.contextLength });
  const places = Math.max(1, ...rows.lengths);
  const logarithms = tf.tidy(() => {
    const smoothed = smooth(net, rows);
    const hidden = tf.reshape(walk(net, rows, { batch, smoothed, places }), [places * rows.rows, -1]);
    const last = tf.tensor1d(
      rows.lengths.map((length, row) => Math.max(0, length - 1) * rows.rows + row),
      'int32',
    );
    const base = tf.reshape(forecastBase(net, smoothed, places), [places * rows.rows, 1, -1]);
    const output = tf.reshape(net.head.apply(tf.gather(hidden, last)), [rows.rows, levels.length, horizon]);
    return tf.add(output, tf.gather(base, last)).dataSync() as Float32Array;
  });
  const forecasts = levels.map(() => new Float32Array(rows.rows * batch.horizon));
  for (let row = 0; row < rows.rows; row++) {
    const scaling = batch.scalings[Math.floor(row / batch.channels)]![row % batch.channels]!;
    for (const [level, values] of forecasts.entries()) {
      for (let j = 0; j < batch.horizon; j++) {
        const value = Math.exp(logarithms[(row * levels.length + level) * horizon + j]!);
        values[row * batch.horizon + j] = rows.lengths[row] === 0 ? Number.NaN : applyScaling(scaling, value);
      }
    }
  }
  return scaledForecast(
    forecasts,
    levels.slice(1).map(({ tau }) => tau),
  );
}

function scaledForecast([mean, ...quantiles]: readonly Float32Array[], levels: readonly number[]): ScaledForecast {
  if (levels.length === 0) return { mean: mean! };
  const size = mean!.length;
  const joined = new Float32Array(levels.length * size);
  for (const [level, values] of quantiles.entries()) joined.set(values, level * size);
  orderLevels(joined, levels.length);
  return { mean: mean!, levels, quantiles: joined };
}
