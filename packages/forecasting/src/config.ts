import { cellNames, trainingConfigSchema, type Frozen } from '@unroll/core';
import { z } from 'zod';

const columns = z.array(z.string().min(1)).default([]);
const rate = z.number().min(0).lt(1).default(0);
const size = z.int().min(1);

/** How a file becomes series. What is 'auto' is found in the file and said. */
export const dataConfigSchema = z.strictObject({
  /**
   * long: a row is one step of one series; wide: a row is one step, a column a channel of the only series (or, with
   * `seriesIn: 'columns'`, a series of its own); rows: a row is a whole series, its name first.
   */
  layout: z.enum(['auto', 'long', 'wide', 'rows']).default('auto'),
  /** of the wide layout: several targets are channels of one series, or series of their own */
  seriesIn: z.enum(['channels', 'columns']).default('channels'),
  /**
   * the column of time stamps, or `year,month,day` and so on where they are in several; 'none' = rows follow each other at equal
   * distance; 'auto' = found by name and content
   */
  time: z.string().min(1).default('auto'),
  /** empty = every numeric column that has no other role */
  target: columns,
  /** the column that names the series; null = one series */
  id: z.string().min(1).nullable().default(null),
  past: columns,
  known: columns,
  static: columns,
  /** covariates that are categories though they look like numbers */
  categorical: columns,
  /** `auto`, or a count and a unit: `15 minutes`, `hour`, `D`, `W`, `M` */
  frequency: z.string().min(1).default('auto'),
  /** `auto`, `iso`, `epoch`, `epoch-ms`, or a pattern of Luxon's tokens: `dd.MM.yyyy HH:mm` */
  timeFormat: z.string().min(1).default('auto'),
  /** IANA name of the zone of stamps without an offset */
  timeZone: z.string().min(1).default('UTC'),
  /** first time stamp of data without a time column */
  start: z.string().min(1).nullable().default(null),
  header: z.union([z.boolean(), z.literal('auto')]).default('auto'),
  /** one character, or 'auto' */
  delimiter: z.string().min(1).default('auto'),
  decimal: z.enum(['auto', '.', ',']).default('auto'),
  /** texts that stand for a missing value, besides the empty cell */
  missing: z.array(z.string()).default(['NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', '?', '-']),
  /** several rows of one series with one time stamp */
  duplicates: z.enum(['error', 'first', 'last', 'mean', 'sum']).default('error'),
  /** what stands in for missing targets where a model needs a number; the mask is kept */
  imputation: z.enum(['forward', 'linear', 'mean', 'zero', 'seasonal']).default('forward'),
});

/** Below 1 a share of the time axis, from 1 on a number of steps; 'auto': see `splitPanel`. */
const part = z.union([z.number().min(0), z.literal('auto')]).default('auto');

/** By time, before any window is made. Counted from the end, unless `train` is given: then from the beginning. */
export const splitConfigSchema = z.strictObject({ train: part, valid: part, test: part });

const likelihood = z.enum([
  'gaussian',
  'student-t',
  'negative-binomial',
  'poisson',
  /** zero-inflated and Tweedie-like, for intermittent demand: p(0) = π, else a gamma distribution */
  'zero-inflated-gamma',
]);
const cell = z.enum(cellNames).default('lstm');

export const modelConfigSchema = z.discriminatedUnion('name', [
  /** Salinas, Flunkert, Gasthaus & Januschowski 2020 */
  z.strictObject({
    name: z.literal('deepar'),
    cell,
    layers: size.default(2),
    hiddenSize: size.default(40),
    dropout: rate,
    likelihood: likelihood.default('student-t'),
    /** of the series' number; 0 = none */
    seriesEmbeddingSize: z.int().min(0).default(0),
    /** sample paths of a forecast */
    paths: size.default(100),
  }),
  /** Wen, Torkkola, Narayanaswamy & Madeka 2017: an RNN encoder with a direct multi-horizon quantile head */
  z.strictObject({
    name: z.literal('mqrnn'),
    cell,
    layers: size.default(2),
    hiddenSize: size.default(64),
    dropout: rate,
    /** of the global context that the horizon shares, and of each step's own */
    decoderSize: size.default(32),
    seriesEmbeddingSize: z.int().min(0).default(0),
  }),
  /** encoder and decoder RNN; the decoder reads what is known of the future */
  z.strictObject({
    name: z.literal('seq2seq'),
    cell,
    layers: size.default(1),
    hiddenSize: size.default(64),
    dropout: rate,
    seriesEmbeddingSize: z.int().min(0).default(0),
  }),
  /** Lin, Lin, Wu, Zhao, Mo & Zhang 2023 */
  z.strictObject({
    name: z.literal('segrnn'),
    cell: cell.default('gru'),
    hiddenSize: size.default(512),
    segmentLength: size.default(24),
    dropout: rate.default(0.5),
    loss: z.enum(['mse', 'mae']).default('mse'),
  }),
  /** Lai, Chang, Yang & Liu 2018 */
  z.strictObject({
    name: z.literal('lstnet'),
    convolutionSize: size.default(100),
    kernelLength: size.default(6),
    hiddenSize: size.default(100),
    /** steps between two skip connections; 0 = no skip-RNN */
    skip: z.int().min(0).default(24),
    skipSize: size.default(5),
    /** steps that the linear part reads; 0 = no linear part */
    highway: z.int().min(0).default(24),
    dropout: rate.default(0.2),
    loss: z.enum(['mae', 'mse']).default('mae'),
    output: z.enum(['linear', 'sigmoid', 'tanh']).default('linear'),
    /** the paper's protocol: only the last step of the horizon is forecast */
    lastStepOnly: z.boolean().default(false),
  }),
  /** Smyl 2020 */
  z.strictObject({
    name: z.literal('esrnn'),
    hiddenSize: size.default(40),
    /** blocks of dilated LSTM layers; a residual connection goes around every block but the first */
    dilations: z
      .array(z.array(size).min(1))
      .min(1)
      .default([
        [1, 2],
        [4, 8],
      ]),
    /** the level that a point forecast aims at, below ½ to make up for the skew of errors on a logarithmic scale */
    tau: z.number().gt(0).lt(1).default(0.48),
    seasonality: z.enum(['none', 'single', 'double']).default('single'),
    /** steps of the second season, for 'double'; 0 = seven of the first */
    secondSeasonality: z.int().min(0).default(0),
    /** the newest values that the network sees at a step; 0 = a season, or the horizon where there is none */
    inputLength: z.int().min(0).default(0),
    /** penalty on the roughness of the level */
    levelVariabilityPenalty: z.number().min(0).default(80),
  }),
  /** Zeng, Chen, Zhang & Xu 2023 */
  z.strictObject({ name: z.literal('nlinear') }),
  z.strictObject({ name: z.literal('dlinear'), kernelLength: size.default(25) }),
  /** without training: what they need is in the series itself */
  z.strictObject({ name: z.literal('naive') }),
  z.strictObject({ name: z.literal('seasonal-naive') }),
  /** naive on data whose season was removed where a test finds one (the M4 competition's) */
  z.strictObject({ name: z.literal('naive2') }),
  z.strictObject({ name: z.literal('drift') }),
  z.strictObject({ name: z.literal('moving-average'), windowLength: z.int().min(0).default(0) }),
  z.strictObject({ name: z.literal('theta') }),
  /** error, trend, season: each 'auto' is chosen by AICc */
  z.strictObject({
    name: z.literal('ets'),
    error: z.enum(['auto', 'additive', 'multiplicative']).default('auto'),
    trend: z.enum(['auto', 'none', 'additive', 'damped']).default('auto'),
    season: z.enum(['auto', 'none', 'additive', 'multiplicative']).default('auto'),
  }),
  /** an autoregression by least squares over all series, `order` 0 = chosen from the season */
  z.strictObject({ name: z.literal('linear-autoregression'), order: z.int().min(0).default(0) }),
]);

/** The trainer's, with defaults that suit networks for time series. */
const { epochs, optimizer, clipNorm, earlyStopping } = trainingConfigSchema.shape;
const trainingSchema = trainingConfigSchema.extend({
  epochs: epochs.removeDefault().default(30),
  optimizer: optimizer.unwrap().prefault({ name: 'adam', learningRate: 0.001 }),
  clipNorm: clipNorm.removeDefault().default(10),
  earlyStopping: earlyStopping.unwrap().prefault({ patience: 5 }),
});

/** All that defines a run; `parseConfig(forecastingConfigSchema, input)` fills in the defaults and freezes. */
export const forecastingConfigSchema = z.strictObject({
  seed: z.int().min(0).default(1),
  data: dataConfigSchema.prefault({}),
  split: splitConfigSchema.prefault({}),
  /** steps ahead */
  horizon: z.int().min(1).default(24),
  /** steps that a model reads; 0 = chosen from horizon and season */
  context: z.int().min(0).default(0),
  /** steps of one season; 0 = by frequency: 24 of hours, 7 of days, 12 of months … */
  seasonality: z.int().min(0).default(0),
  features: z
    .strictObject({
      calendar: z.union([z.literal('auto'), z.array(z.string())]).default('auto'),
      /** in steps; 'auto': by season */
      lags: z.union([z.literal('auto'), z.array(size)]).default('auto'),
    })
    .prefault({}),
  /**
   * Per series and channel. standard: (x − mean) / deviation; mean-absolute: x / mean |x|; robust: (x − median) / IQR; log:
   * ln(x + offset), standardised; max: x / max |x|; instance: by mean and deviation of each window's context (Kim et al. 2022, RevIN)
   */
  scaling: z.enum(['none', 'standard', 'mean-absolute', 'robust', 'log', 'max', 'instance']).default('standard'),
  quantiles: z
    .array(z.number().gt(0).lt(1))
    .default([0.1, 0.5, 0.9])
    .transform((levels) => [...new Set(levels)].sort((a, b) => a - b)),
  /** intervals widened or narrowed so that they held on the validation split (Romano, Patterson & Candès 2019) */
  conformal: z.boolean().default(false),
  model: modelConfigSchema.prefault({ name: 'deepar' }),
  batches: z
    .strictObject({
      /** windows of one step; every channel of a window is in it */
      batchSize: size.default(64),
      /** steps between two windows of an epoch; 0 = the horizon, so that every step is forecast once an epoch, less for few data */
      stride: z.int().min(0).default(0),
    })
    .prefault({}),
  training: trainingSchema.prefault({}),
});

export type ForecastingConfig = Frozen<z.output<typeof forecastingConfigSchema>>;
/** What a preset or a file may leave out. */
export type ForecastingConfigInput = z.input<typeof forecastingConfigSchema>;
export type DataConfig = ForecastingConfig['data'];
export type SplitConfig = ForecastingConfig['split'];
export type ModelConfig = ForecastingConfig['model'];
export type ModelName = ModelConfig['name'];
/** The configuration of one kind of model. */
export type ModelConfigOf<Name extends ModelName> = Extract<ModelConfig, { readonly name: Name }>;
