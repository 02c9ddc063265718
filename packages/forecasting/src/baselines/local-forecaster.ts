import { breatheEvery, DataError } from '@unroll/core';
import type { Forecaster, ForecastOptions, ForecastRequest, Series } from '../types.js';
import { normalQuantile } from '../likelihoods/normal-distribution.js';

/** What one channel of one series was before the origin. */
export interface ChannelHistory {
  readonly series: Series;
  /** from the first observed step on to the origin; NaN = missing; at least one value */
  readonly values: Float64Array;
  /** the whole channel, as an identity for caches; nothing at or after the origin may be read */
  readonly channel: Float64Array;
  /** steps of `channel` before `values` begins */
  readonly offset: number;
  /** step of `channel` at which the forecast begins */
  readonly origin: number;
  readonly horizon: number;
}

/** A forecast whose error is taken for normally distributed. */
export interface LocalForecast {
  /** `[step]` */
  readonly mean: Float64Array;
  /** `[step]`: standard deviation of the error; NaN where the history is too short to tell */
  readonly deviation: Float64Array;
}

/** A method that looks at one channel alone. */
export type LocalMethod = (history: ChannelHistory) => LocalForecast;

/**
 * A forecaster from a method that looks at one channel alone. A level's quantile is `mean + z·deviation`; a channel
 * without any observation before the origin gets NaN.
 *
 * @throws {DataError} `data/no-history` for a series none of whose channels has an observation before the origin
 */
export function localForecaster(name: string, method: LocalMethod): Forecaster {
  return {
    name,
    longestHorizon: Number.POSITIVE_INFINITY,
    async *forecast(requests: Iterable<ForecastRequest>, options: ForecastOptions) {
      const breather = breatheEvery(50);
      const scores = options.quantiles.map((level) => normalQuantile(level));
      for (const request of requests) {
        options.signal?.throwIfAborted();
        const channels = forecastChannels(method, request, options.horizon);
        yield {
          mean: channels.map(({ mean }) => mean),
          quantiles: channels.map(({ mean, deviation }) =>
            scores.map((z) => mean.map((value, step) => value + z * deviation[step]!)),
          ),
        };
        await breather();
      }
    },
  };
}

function forecastChannels(
  method: LocalMethod,
  { series, origin }: ForecastRequest,
  horizon: number,
): readonly LocalForecast[] {
  const histories = series.targets.map((channel) => {
    const known = channel.subarray(0, origin);
    const offset = known.findIndex((value) => !Number.isNaN(value));
    return offset < 0 ? undefined : { series, values: known.subarray(offset), channel, offset, origin, horizon };
  });
  if (histories.every((history) => history === undefined)) {
    const label = series.id === '' ? 'the series' : `series ${JSON.stringify(series.id)}`;
    throw new DataError(
      'data/no-history',
      `${label} has no observed target before step ${origin}, so that there is nothing to forecast from; ` +
        'remove it, or begin the forecast after its first observation',
    );
  }
  return histories.map((history) =>
    history
      ? method(history)
      : { mean: new Float64Array(horizon).fill(Number.NaN), deviation: new Float64Array(horizon).fill(Number.NaN) },
  );
}
