import type { LossContext, LossResult, Parameters, RandomKey } from '@unroll/core';
import type { Frequency } from './calendar/frequency.js';

/** What a column with known future, past or static values holds. */
export interface Column {
  readonly name: string;
  /** values of a category in the order of their numbers; absent for real numbers */
  readonly categories?: readonly string[];
}

/** Series that share columns and a frequency: what a file holds. */
export interface Panel {
  /** for messages: a file or a dataset */
  readonly name: string;
  readonly frequency: Frequency;
  /** of the targets: more than one where a series has several channels on one time axis */
  readonly targetNames: readonly string[];
  /** covariates known only up to the present */
  readonly past: readonly Column[];
  /** covariates known for the future too */
  readonly known: readonly Column[];
  /** one value a series */
  readonly static: readonly Column[];
  readonly series: readonly Series[];
}

/** One series on a regular time axis without gaps: missing values are NaN. */
export interface Series {
  /** unique in its panel; '' where the file has one series without a name */
  readonly id: string;
  /** of step 0: milliseconds since 1970 in UTC, or a plain number of steps where the data has no time */
  readonly start: number;
  /** steps with targets */
  readonly length: number;
  /** `[channel][step]`, NaN = missing */
  readonly targets: readonly Float64Array[];
  /** `[column][step]`; the number of a category, NaN = missing */
  readonly past: readonly Float64Array[];
  /** `[column][step]`, as long as `length` or longer: what is known of the future */
  readonly known: readonly Float64Array[];
  /** `[column]` */
  readonly static: Float64Array;
}

/** Where the parts of one series end, as steps; validation begins at `trainEnd`, test at `validEnd`. */
export interface SplitBounds {
  readonly trainEnd: number;
  readonly validEnd: number;
  readonly testEnd: number;
}

/** A panel cut by time: `bounds[i]` belongs to `panel.series[i]`. */
export interface SplitPanel {
  readonly panel: Panel;
  readonly bounds: readonly SplitBounds[];
}

/** What a forecaster is asked for: the steps `origin`, `origin + 1`, …, from targets and past covariates before `origin`. */
export interface ForecastRequest {
  readonly series: Series;
  /** the first step to forecast, 1 … series.length */
  readonly origin: number;
}

export interface ForecastOptions {
  /** steps ahead */
  readonly horizon: number;
  /** levels in (0, 1), ascending; may be empty */
  readonly quantiles: readonly number[];
  /** of sample paths */
  readonly key: RandomKey;
  /** sample paths to return, where the forecaster draws any; 0 unless set */
  readonly samples?: number;
  readonly signal?: AbortSignal;
}

/** Forecasts of one request, in the units of the targets. */
export interface Forecast {
  /** `[channel][step]`; NaN where the forecaster says nothing about a step */
  readonly mean: readonly Float64Array[];
  /** `[channel][level][step]`, non-decreasing over levels; absent where the forecaster gives a point only */
  readonly quantiles?: readonly (readonly Float64Array[])[];
  /** `[channel][path][step]` */
  readonly samples?: readonly (readonly Float64Array[])[];
}

/** Baselines, networks, ensembles and conformal wrappers alike. */
export interface Forecaster {
  readonly name: string;
  /** steps ahead at most; Infinity where it goes on from its own forecasts */
  readonly longestHorizon: number;
  /**
   * One forecast a request, in order. Requests are taken in groups, so that a network computes many at once; nothing at
   * or after a request's origin but `known` is read.
   *
   * @throws {DataError} `data/…` for a series that cannot be forecast, `forecast/horizon` beyond `longestHorizon`
   */
  forecast(requests: Iterable<ForecastRequest>, options: ForecastOptions): AsyncIterable<Forecast>;
  /** frees tensors, where it holds any */
  dispose?(): void;
}

/** A per-series change of units, fitted on training data: `scaled = (f(x) − location) / scale`, f the identity or ln(x + offset). */
export interface Scaling {
  readonly transform: 'identity' | 'log';
  /** added before the logarithm; 0 for the identity */
  readonly offset: number;
  readonly location: number;
  readonly scale: number;
}

/** What a model has to know of a panel; saved with it as `series.json`, so that it can be used without its training data. */
export interface PanelFacts {
  readonly frequency: Frequency;
  /** steps of one season, at least 1 */
  readonly seasonality: number;
  readonly targetNames: readonly string[];
  readonly past: readonly Column[];
  readonly known: readonly Column[];
  readonly static: readonly Column[];
  /** names of the calendar features, in their order in `WindowBatch.known` */
  readonly calendar: readonly string[];
  /** in steps, ascending, each at least 1 */
  readonly lags: readonly number[];
  /** of the training panel, in order */
  readonly seriesIds: readonly string[];
  /** `[series][channel]` */
  readonly scalings: readonly (readonly Scaling[])[];
  /** mean, deviation of each real-valued covariate, by `past`, `known`, `static` order; 0 and 1 for categories */
  readonly covariateScalings: Readonly<Record<'past' | 'known' | 'static', readonly Scaling[]>>;
}

/**
 * Windows of several series side by side; plain arrays, batch-major. A window is `contextLength` steps that a model
 * reads and `horizon` steps that it forecasts, after `lagLength` further steps that only lags look at.
 */
export interface WindowBatch {
  readonly batchSize: number;
  readonly channels: number;
  readonly lagLength: number;
  readonly contextLength: number;
  readonly horizon: number;
  /** `[batch, channels, lagLength + contextLength + horizon]`, scaled; imputed where missing, 0 before a series' start; unknown future 0 */
  readonly targets: Float32Array;
  /** same shape: 1 = a real value, 0 = missing, before the start, or not known yet */
  readonly observed: Float32Array;
  /** `[batch, contextLength + horizon, knownWidth]`: calendar features, then known covariates (categories one-hot) */
  readonly known: Float32Array;
  readonly knownWidth: number;
  /** `[batch, contextLength, pastWidth]` */
  readonly past: Float32Array;
  readonly pastWidth: number;
  /** `[batch, staticWidth]`, categories one-hot */
  readonly static: Float32Array;
  readonly staticWidth: number;
  /** `[batch]`: place in `PanelFacts.seriesIds`; −1 for a series that was not there */
  readonly series: Int32Array;
  /** `[batch]`: the step of the series at which the horizon begins */
  readonly origin: Int32Array;
  /** `[batch][channel]` */
  readonly scalings: readonly (readonly Scaling[])[];
}

/** What a model forecasts for a batch of windows, still scaled: `inverse` of each scaling is the caller's. */
export interface ScaledForecast {
  /** `[batch, channels, horizon]`; NaN where the model says nothing about a step */
  readonly mean: Float32Array;
  /** levels of the first axis of `quantiles`, if the model has its own */
  readonly levels?: readonly number[];
  /** `[level, batch, channels, horizon]`, non-decreasing over levels */
  readonly quantiles?: Float32Array;
  /** `[batch, channels, path, horizon]`, from models that draw; its quantiles and mean are the forecast's */
  readonly samples?: Float32Array;
  readonly paths?: number;
}

export interface PredictOptions {
  readonly key: RandomKey;
  /** levels that are wanted; a model that was trained for others gives its own and the caller interpolates */
  readonly quantiles: readonly number[];
  /** sample paths of models that draw */
  readonly paths: number;
}

/** A trainable forecasting model: a network, or a linear map learnt by the same trainer. */
export interface ForecastModel {
  readonly parameters: Parameters;
  /** Infinity for models that feed their own forecasts back */
  readonly longestHorizon: number;
  /** Sum and count over observed values of the horizon (and of the context, for models that learn from every step). */
  loss(batch: WindowBatch, context: LossContext): LossResult;
  /** Forecasts with the weights of this moment; no tensor survives the call. */
  predict(batch: WindowBatch, options: PredictOptions): ScaledForecast;
  dispose(): void;
}
