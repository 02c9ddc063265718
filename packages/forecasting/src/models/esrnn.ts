import {
  ConfigError,
  createParameter,
  deriveKey,
  dilatedUnroll,
  disposeParameters,
  Embedding,
  initializers,
  Linear,
  LstmCell,
  prefixParameters,
  type LossContext,
  type LossResult,
  type Parameters,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { applyScaling } from '../scaling.js';
import type { ForecastModel, PanelFacts, ScaledForecast, WindowBatch } from '../types.js';
import { countTargets, windowPinball, type ForecastPlaces, type WeightedLevel } from './esrnn-loss.js';
import { alignRows, type AlignedRows } from './esrnn-rows.js';
import { exponentialSmoothing, seasonsWidth, type Smoothed } from './esrnn-smoothing.js';
import { gatherSteps, type StepIndices } from './gather-steps.js';
import type { ModelOptions } from './model-options.js';

/** Everything that a forward pass reads. */
interface Esrnn {
  readonly facts: PanelFacts;
  readonly periods: readonly number[];
  readonly inputLength: number;
  readonly horizon: number;
  /** the first is the point forecast's */
  readonly levels: readonly WeightedLevel[];
  readonly levelVariabilityPenalty: number;
  /** `[1 + seasons]`: logits of the coefficients that series share */
  readonly smoothing: tf.Variable<tf.Rank.R1>;
  /** per series and channel: what is added to the shared logits */
  readonly seriesSmoothing: Embedding;
  /** per series and channel: what is added to the primer's seasonal indices; absent where there is no season */
  readonly seriesSeasons: Embedding | undefined;
  readonly blocks: readonly (readonly { readonly cell: LstmCell; readonly dilation: number }[])[];
  readonly hidden: Linear;
  readonly head: Linear;
}

/**
 * Exponential smoothing and a recurrent network, trained together.
 *
 *   l, s = exponential smoothing of y with coefficients of each series (`exponentialSmoothing`)
 *   x_t = ln(y_{t−w+1…t} / (l_t·s_{t−w+1…t}))         h = blocks of dilated LSTM layers, residual from the second on
 *   ŷ_{t+1…t+H} = exp(tanh(h_t·W + b)·V + c) · l_t · s_{t+1…t+H}
 *
 * Before the start of a series its first value is repeated. It learns at every step of a context, by the pinball loss of `tau` (and of each of `config.quantiles`) on logarithms, so that an
 * error is relative and long and large series weigh no more than others. A season of t + h beyond the newest estimate is repeated,
 * in training as in use.
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
  const net = createParts(options);
  const parameters: Parameters = Object.assign(
    { smoothing: net.smoothing },
    prefixParameters('series.smoothing', net.seriesSmoothing.parameters),
    prefixParameters('series.seasons', net.seriesSeasons?.parameters ?? {}),
    ...net.blocks.flatMap((layers, block) =>
      layers.map(({ cell }, layer) => prefixParameters(`blocks.${block}.${layer}`, cell.parameters)),
    ),
    prefixParameters('hidden', net.hidden.parameters),
    prefixParameters('head', net.head.parameters),
  ) as Parameters;
  return {
    parameters,
    longestHorizon: net.horizon,
    loss: (batch, context) => loss(net, batch, context),
    predict: (batch) => predict(net, batch),
    dispose: () => disposeParameters(parameters),
  };
}

function createParts({ model, config, facts, key }: ModelOptions<'esrnn'>): Esrnn {
  const covariates = [...facts.past, ...facts.known].map(({ name }) => name);
  if (covariates.length > 0) {
    const message = `esrnn reads no covariates over time; leave out ${covariates.join(', ')}, or choose seq2seq`;
    throw new ConfigError('config/covariates', message);
  }
  const { hiddenSize, dilations } = model;
  const periods = seasonsOf(model, facts.seasonality);
  const inputLength = model.inputLength || periods[0] || config.horizon;
  const weight = 1 / config.quantiles.length;
  const levels = [{ tau: model.tau, weight: 1 }, ...config.quantiles.map((tau) => ({ tau, weight }))];
  const table = (embeddingSize: number) =>
    new Embedding({
      vocabularySize: Math.max(1, facts.seriesIds.length * facts.targetNames.length),
      embeddingSize,
      key,
      initializer: initializers.zeros,
    });
  const statics = facts.static.reduce((width, { categories }) => width + (categories?.length ?? 1), 0);
  return {
    facts,
    periods,
    inputLength,
    horizon: config.horizon,
    levels,
    levelVariabilityPenalty: model.levelVariabilityPenalty,
    smoothing: createParameter([1 + periods.length], initializers.constant(-1), key),
    seriesSmoothing: table(1 + periods.length),
    seriesSeasons: periods.length > 0 ? table(seasonsWidth(periods)) : undefined,
    blocks: dilations.map((block, b) =>
      block.map((dilation, l) => {
        const inputSize = b === 0 && l === 0 ? inputLength + statics : hiddenSize;
        return { cell: new LstmCell({ inputSize, hiddenSize, key: deriveKey(key, 'blocks', b, l) }), dilation };
      }),
    ),
    hidden: new Linear({ inputSize: hiddenSize, outputSize: hiddenSize, key: deriveKey(key, 'hidden') }),
    head: new Linear({
      inputSize: hiddenSize,
      outputSize: levels.length * config.horizon,
      key: deriveKey(key, 'head'),
    }),
  };
}

/** Steps of each season, the shortest first. */
function seasonsOf({ seasonality, secondSeasonality }: ModelOptions<'esrnn'>['model'], season: number): number[] {
  if (seasonality === 'none' || season < 2) return [];
  return seasonality === 'single' ? [season] : [season, secondSeasonality || 7 * season].sort((a, b) => a - b);
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

/** Shared logits, primers and the series' own row, smoothed. */
function smooth({ smoothing, seriesSmoothing, seriesSeasons, periods }: Esrnn, rows: AlignedRows): Smoothed {
  const places = rows.places.map((place) => Math.max(0, place));
  const trained = Float32Array.from(rows.places, (place) => (place < 0 ? 0 : 1));
  const own = (table: Embedding): tf.Tensor2D =>
    tf.mul(table.apply(tf.tensor1d(places, 'int32')), tf.tensor2d(trained, [rows.rows, 1]));
  const shares: tf.Tensor2D = tf.sigmoid(tf.add(own(seriesSmoothing), smoothing));
  if (!seriesSeasons) return exponentialSmoothing(shares, rows);
  const primers = tf.tensor2d(rows.primers, [rows.rows, seasonsWidth(periods)]);
  return exponentialSmoothing(tf.concat([shares, tf.add<tf.Tensor2D>(own(seriesSeasons), primers)], 1), rows);
}

/** @returns `[places, rows, hiddenSize]`: what the head reads */
function walk(
  { inputLength, blocks, hidden }: Esrnn,
  rows: AlignedRows,
  { batch, smoothed, places }: { batch: WindowBatch; smoothed: Smoothed; places: number },
): tf.Tensor {
  const level = gatherSteps(
    smoothed.level,
    steps(places, 1, (t) => t),
  );
  const windows = gatherSteps(
    seasonallyAdjusted(rows, smoothed),
    steps(places, inputLength, (t, j) => Math.max(0, t - inputLength + 1 + j)),
  );
  let output: tf.Tensor3D = tf.sub(windows, level);
  if (batch.staticWidth > 0) output = tf.concat([output, staticInputs(batch, places)], 2);
  for (const [b, layers] of blocks.entries()) {
    const input = output;
    for (const { cell, dilation } of layers) output = dilatedUnroll(cell, output, dilation);
    if (b > 0) output = tf.add(output, input);
  }
  return tf.tanh(hidden.apply(output));
}

/** ln(y_t/s_t), and the level where nothing was observed. @returns `[rows, timeSteps]` */
function seasonallyAdjusted({ rows, timeSteps, ...data }: AlignedRows, { level, seasons }: Smoothed): tf.Tensor2D {
  const logValues = tf.tensor2d(Float32Array.from(data.logValues), [rows, timeSteps]);
  const observed = tf.tensor2d(data.observed, [rows, timeSteps], 'bool');
  const adjusted = seasons.reduce<tf.Tensor2D>(
    (rest, season) => tf.sub(rest, tf.slice(season, [0, 0], [rows, timeSteps])),
    logValues,
  );
  return tf.where(observed, adjusted, level);
}

function staticInputs({ static: values, staticWidth, batchSize, channels }: WindowBatch, places: number): tf.Tensor3D {
  const perRow = tf.tile(tf.tensor3d(values, [batchSize, 1, staticWidth]), [1, channels, 1]);
  return tf.tile(tf.reshape(perRow, [1, batchSize * channels, staticWidth]), [places, 1, 1]);
}

/** ln(l_t·s_{t+1…t+H}) at each place t. @returns `[places, rows, horizon]`, or `[places, rows, 1]` without seasons */
function forecastBase({ periods, horizon }: Esrnn, { level, seasons }: Smoothed, places: number): tf.Tensor3D {
  return seasons.reduce<tf.Tensor3D>(
    (base, season, k) => {
      const newest = (t: number, j: number) => t + 1 + (j % periods[k]!);
      return tf.add(base, gatherSteps(season, steps(places, horizon, newest)));
    },
    gatherSteps(
      level,
      steps(places, 1, (t) => t),
    ),
  );
}

function steps(places: number, width: number, stepOf: (place: number, j: number) => number): StepIndices {
  const indices = new Int32Array(places * width);
  for (let at = 0; at < indices.length; at++) {
    const place = Math.floor(at / width);
    indices[at] = stepOf(place, at - place * width);
  }
  return { places, width, steps: indices };
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
  return { mean: mean!, levels, quantiles: joined };
}
