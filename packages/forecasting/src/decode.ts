import { breathe, ConfigError } from '@unroll/core';
import { windowsOf } from './batches.js';
import type { ForecastingConfig } from './config.js';
import { findLikelihood } from './likelihoods/find-likelihood.js';
import { invertScaling } from './scaling.js';
import type {
  Forecast,
  Forecaster,
  ForecastModel,
  ForecastOptions,
  PanelFacts,
  ScaledForecast,
  WindowBatch,
} from './types.js';

export interface NetworkForecasterOptions {
  readonly name: string;
  readonly model: ForecastModel;
  readonly facts: PanelFacts;
  readonly config: ForecastingConfig;
}

/** Windows, and channels of windows, that are predicted at once. */
const windowsAtOnce = 64;
const channelsAtOnce = 1024;

/**
 * A trained network as a forecaster: requests in groups, forecasts in the units of the data. Disposing it disposes the
 * model.
 *
 * Quantiles of a model that draws are those of its paths; of one that was trained for some levels, what lies between two
 * of them is interpolated.
 *
 * @throws {ConfigError} in `forecast`: `forecast/horizon` beyond the model's, `forecast/quantiles` for a level outside of
 *   those that the model was trained for
 */
export function networkForecaster({ name, model, facts, config }: NetworkForecasterOptions): Forecaster {
  const isCount = config.model.name === 'deepar' && findLikelihood(config.model.likelihood).support === 'count';
  return {
    name,
    longestHorizon: model.longestHorizon,
    async *forecast(requests, options) {
      checkHorizon(name, model, options.horizon);
      const size = Math.min(windowsAtOnce, Math.ceil(channelsAtOnce / facts.targetNames.length));
      for (const group of groupsOf(requests, size)) {
        options.signal?.throwIfAborted();
        const batch = windowsOf(group, { facts, config, horizon: options.horizon });
        const paths = Math.max(options.samples ?? 0, config.model.name === 'deepar' ? config.model.paths : 0);
        const scaled = model.predict(batch, { key: options.key, quantiles: options.quantiles, paths });
        for (let window = 0; window < group.length; window++) {
          yield forecastOf({ batch, scaled, window, isCount, name }, options);
        }
        await breathe();
      }
    },
    dispose: () => model.dispose(),
  };
}

function checkHorizon(name: string, { longestHorizon }: ForecastModel, horizon: number): void {
  if (horizon <= longestHorizon) return;
  throw new ConfigError(
    'forecast/horizon',
    `${name} was trained to forecast ${longestHorizon} steps and cannot go on from them, so ${horizon} are too many; ` +
      `train it with a horizon of ${horizon}, or use deepar, which has no longest horizon`,
  );
}

function* groupsOf<T>(items: Iterable<T>, size: number): Iterable<readonly T[]> {
  let group: T[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** One window of what a model forecast. */
interface WindowForecast {
  readonly batch: WindowBatch;
  readonly scaled: ScaledForecast;
  readonly window: number;
  /** forecasts are whole numbers, which being scaled and back has moved a little */
  readonly isCount: boolean;
  readonly name: string;
}

function forecastOf(forecast: WindowForecast, options: ForecastOptions): Forecast {
  const { samples } = forecast.scaled;
  return samples ? fromSamples(forecast, samples, options) : fromQuantiles(forecast, options);
}

function fromSamples(
  { batch, scaled, window, isCount }: WindowForecast,
  samples: Float32Array,
  options: ForecastOptions,
): Forecast {
  const { channels } = batch;
  const { horizon } = options;
  const paths = scaled.paths!;
  const each = Array.from({ length: channels }, (_, channel) => {
    const scaling = batch.scalings[window]![channel]!;
    const begin = (window * channels + channel) * paths * horizon;
    const values = Float64Array.from(samples.subarray(begin, begin + paths * horizon), (value) =>
      isCount ? Math.round(invertScaling(scaling, value)) : invertScaling(scaling, value),
    );
    return summarise(values, { paths, ...options });
  });
  const wanted = options.samples ?? 0;
  return {
    mean: each.map(({ mean }) => mean),
    quantiles: each.map(({ quantiles }) => quantiles),
    ...(wanted > 0 && {
      samples: each.map(({ values }) =>
        Array.from({ length: wanted }, (_, path) => values.slice(path * horizon, (path + 1) * horizon)),
      ),
    }),
  };
}

/** Mean and quantiles of each step. @param values - `[path, step]` */
function summarise(
  values: Float64Array,
  { paths, horizon, quantiles: levels }: ForecastOptions & { readonly paths: number },
): { mean: Float64Array; quantiles: readonly Float64Array[]; values: Float64Array } {
  const mean = new Float64Array(horizon);
  const quantiles = levels.map(() => new Float64Array(horizon));
  const ofStep = new Float64Array(paths);
  for (let step = 0; step < horizon; step++) {
    for (let path = 0; path < paths; path++) ofStep[path] = values[path * horizon + step]!;
    ofStep.sort();
    mean[step] = ofStep.reduce((sum, value) => sum + value, 0) / paths;
    levels.forEach((level, i) => (quantiles[i]![step] = sampleQuantile(ofStep, level)));
  }
  return { mean, quantiles, values };
}

/**
 * The value below which a share `level` of a sample lies: of n values in order, the i-th stands for the level
 * (i − ½)/n, and what lies between two is interpolated.
 *
 * @param sorted - ascending, at least one
 * @see Hyndman & Fan 1996, definition 5
 */
export function sampleQuantile(sorted: Float64Array, level: number): number {
  const place = Math.min(Math.max(level * sorted.length - 0.5, 0), sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return below + 1 < sorted.length ? low + (place - below) * (sorted[below + 1]! - low) : low;
}

function fromQuantiles(forecast: WindowForecast, { horizon, quantiles: levels }: ForecastOptions): Forecast {
  const { batch, scaled, window } = forecast;
  const { channels, batchSize } = batch;
  const place = (channel: number) => (window * channels + channel) * horizon;
  const invert = (values: Float32Array, at: number, channel: number) =>
    Float64Array.from(values.subarray(at, at + horizon), (value) =>
      invertScaling(batch.scalings[window]![channel]!, value),
    );
  const everyChannel = Array.from({ length: channels }, (_, channel) => channel);
  const mean = everyChannel.map((channel) => invert(scaled.mean, place(channel), channel));
  if (!scaled.quantiles || !scaled.levels) return { mean };
  const own = scaled.levels;
  const quantiles = everyChannel.map((channel) => {
    const trained = own.map((_, i) =>
      invert(scaled.quantiles!, i * batchSize * channels * horizon + place(channel), channel),
    );
    return levels.map((level) => interpolate(trained, own, { level, name: forecast.name }));
  });
  return { mean, quantiles };
}

/** @param trained - of the levels `own`, ascending */
function interpolate(
  trained: readonly Float64Array[],
  own: readonly number[],
  { level, name }: { readonly level: number; readonly name: string },
): Float64Array {
  const near = 1e-9;
  const exact = own.findIndex((each) => Math.abs(each - level) < near);
  if (exact >= 0) return trained[exact]!.slice();
  const above = own.findIndex((each) => each > level);
  if (above <= 0) {
    throw new ConfigError(
      'forecast/quantiles',
      `${name} was trained for the quantiles ${own.join(', ')}, so it cannot say where ${level} lies; ask for levels between them, or train it with this one`,
    );
  }
  const share = (level - own[above - 1]!) / (own[above]! - own[above - 1]!);
  return trained[above]!.map((high, step) => {
    const low = trained[above - 1]![step]!;
    return low + share * (high - low);
  });
}
