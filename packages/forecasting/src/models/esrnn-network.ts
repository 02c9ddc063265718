import {
  ConfigError,
  createParameter,
  deriveKey,
  dilatedUnroll,
  Embedding,
  initializers,
  Linear,
  LstmCell,
  prefixParameters,
  type Parameters,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { PanelFacts, WindowBatch } from '../types.js';
import { columnsWidth } from '../windows/encode-columns.js';
import type { WeightedLevel } from './esrnn-loss.js';
import type { AlignedRows } from './esrnn-rows.js';
import { exponentialSmoothing, seasonsWidth, type Smoothed } from './esrnn-smoothing.js';
import { gatherSteps, type StepIndices } from './gather-steps.js';
import type { ModelOptions } from './model-options.js';

/** Coefficients begin at σ(−1) = 0.27. */
const firstLogit = -1;

/**
 * What parameters of smoothing are multiplied by. Adam's steps are as large as the learning rate whatever the gradient, but a
 * logit moves by whole units where a weight moves by hundredths; and a series meets its own only once an epoch.
 */
const sharedPace = 10;
const seriesPace = 30;

/** Everything that a forward pass reads. */
export interface Esrnn {
  readonly facts: PanelFacts;
  readonly periods: readonly number[];
  readonly inputLength: number;
  readonly horizon: number;
  /** the first is the point forecast's */
  readonly levels: readonly WeightedLevel[];
  readonly levelVariabilityPenalty: number;
  /** `[1 + seasons]`: of the coefficients that series share */
  readonly smoothing: tf.Variable<tf.Rank.R1>;
  /** per series and channel: what is added to those */
  readonly seriesSmoothing: Embedding;
  /** per series and channel: what is added to the primer's seasonal indices; absent where there is no season */
  readonly seriesSeasons: Embedding | undefined;
  readonly blocks: readonly (readonly { readonly cell: LstmCell; readonly dilation: number }[])[];
  readonly hidden: Linear;
  readonly head: Linear;
}

/** @throws {ConfigError} `config/covariates` */
export function createNetwork({ model, config, facts, key }: ModelOptions<'esrnn'>): Esrnn {
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
  const statics = columnsWidth(facts.static);
  return {
    facts,
    periods,
    inputLength,
    horizon: config.horizon,
    levels,
    levelVariabilityPenalty: model.levelVariabilityPenalty,
    smoothing: createParameter([1 + periods.length], initializers.zeros, key),
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

/** By name; see `createEsrnn`. */
export function networkParameters({
  smoothing,
  seriesSmoothing,
  seriesSeasons,
  blocks,
  hidden,
  head,
}: Esrnn): Parameters {
  const layers = blocks.flatMap((block, b) =>
    block.map(({ cell }, l) => prefixParameters(`blocks.${b}.${l}`, cell.parameters)),
  );
  return {
    smoothing,
    ...prefixParameters('series.smoothing', seriesSmoothing.parameters),
    ...(seriesSeasons && prefixParameters('series.seasons', seriesSeasons.parameters)),
    ...(Object.assign({}, ...layers) as Parameters),
    ...prefixParameters('hidden', hidden.parameters),
    ...prefixParameters('head', head.parameters),
  };
}

/** Steps of each season, the shortest first. */
function seasonsOf({ seasonality, secondSeasonality }: ModelOptions<'esrnn'>['model'], season: number): number[] {
  if (seasonality === 'none' || season < 2) return [];
  return seasonality === 'single' ? [season] : [season, secondSeasonality || 7 * season].sort((a, b) => a - b);
}

/** Level and seasons by the coefficients of each row: what all share and what is the series' own. */
export function smooth({ smoothing, seriesSmoothing, seriesSeasons, periods }: Esrnn, rows: AlignedRows): Smoothed {
  const places = rows.places.map((place) => Math.max(0, place));
  const trained = Float32Array.from(rows.places, (place) => (place < 0 ? 0 : 1));
  const own = (table: Embedding): tf.Tensor2D =>
    tf.mul(table.apply(tf.tensor1d(places, 'int32')), tf.tensor2d(trained, [rows.rows, 1]));
  const logits = tf.add(tf.mul(own(seriesSmoothing), seriesPace), tf.mul(smoothing, sharedPace));
  const shares: tf.Tensor2D = tf.sigmoid(tf.add(logits, firstLogit));
  if (!seriesSeasons) return exponentialSmoothing(shares, rows);
  const primers = tf.tensor2d(rows.primers, [rows.rows, seasonsWidth(periods)]);
  return exponentialSmoothing(tf.concat([shares, tf.add<tf.Tensor2D>(own(seriesSeasons), primers)], 1), rows);
}

/** The network over time, up to its head. @returns `[places, rows, hiddenSize]` */
export function walk(
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
export function forecastBase({ periods, horizon }: Esrnn, { level, seasons }: Smoothed, places: number): tf.Tensor3D {
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
