import { DataError, type RandomKey } from '@unroll/core';
import { normalDistribution, normalQuantile } from './likelihoods/normal-distribution.js';
import { pairedForecasts } from './evaluation/paired-forecasts.js';
import type { Forecast, Forecaster, ForecastRequest, Series } from './types.js';

export interface DetectOptions {
  readonly series: Iterable<Series>;
  /** the first step that is looked at, at least 1: a forecaster needs some steps before it; 1 unless set */
  readonly from?: number;
  /** a step is forecast from so many steps before; 1 unless set */
  readonly stepsAhead?: number;
  /**
   * steps between two forecasts, at most `stepsAhead`; 1 unless set. With more, the last `stride` steps of each forecast are
   * looked at: fewer forecasts, some steps from nearer.
   */
  readonly stride?: number;
  /** of the interval that points are expected in; 0.99 unless set */
  readonly probability?: number;
  readonly key: RandomKey;
  readonly signal?: AbortSignal;
}

/** One known value beside what was expected of it. */
export interface ScoredPoint {
  readonly series: Series;
  readonly channel: number;
  readonly step: number;
  readonly actual: number;
  /** median of the forecast */
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  /**
   * distance from the median in widths of that side of the interval, |y − m| / (u − m) above and |y − m| / (m − l) below: above
   * 1 the point is outside. Infinity where the interval has no width on that side.
   */
  readonly score: number;
  /**
   * how likely a point at least as far out is, were the forecast normally distributed on either side of its median, as wide
   * as the interval says
   */
  readonly tailProbability: number;
  readonly isAnomaly: boolean;
}

/**
 * Forecasts every step of each series from `stepsAhead` steps before and scores it by the predictive interval. Points come
 * in the order of series, then of time; missing values are passed over, and nothing is kept.
 *
 * @throws {DataError} `forecast/no-quantiles` for a forecaster that gives points only
 */
export async function* detectAnomalies(forecaster: Forecaster, options: DetectOptions): AsyncIterable<ScoredPoint> {
  const { stepsAhead = 1, stride = 1, probability = 0.99, key, signal } = options;
  const quantiles = [(1 - probability) / 2, 0.5, (1 + probability) / 2].map((level) => Number(level.toFixed(9)));
  const wanted = { horizon: stepsAhead, quantiles, key, ...(signal && { signal }) };
  for await (const { request, forecast } of pairedForecasts(forecaster, detectionRequests(options), wanted)) {
    yield* scorePoints(forecaster, forecast, { request, stepsAhead, stride, probability });
  }
}

function* detectionRequests({
  series,
  from = 1,
  stepsAhead = 1,
  stride = 1,
}: DetectOptions): Iterable<ForecastRequest> {
  for (const one of series) {
    const first = Math.max(1, from - stepsAhead + stride);
    for (let origin = first; origin + stepsAhead - stride < one.length; origin += stride) {
      yield { series: one, origin };
    }
  }
}

interface PointOptions {
  readonly request: ForecastRequest;
  readonly stepsAhead: number;
  readonly stride: number;
  readonly probability: number;
}

function* scorePoints(
  { name }: Forecaster,
  { quantiles }: Forecast,
  { request: { series, origin }, stepsAhead, stride, probability }: PointOptions,
): Iterable<ScoredPoint> {
  if (!quantiles) {
    const message =
      `${name} forecasts points without an interval, so that nothing says how far off is too far; ` +
      'give it one with --conformal, or use a model with quantiles';
    throw new DataError('forecast/no-quantiles', message);
  }
  for (let ahead = stepsAhead - stride; ahead < stepsAhead; ahead++) {
    for (const [channel, values] of series.targets.entries()) {
      const step = origin + ahead;
      const actual = values[step] ?? Number.NaN;
      const [lower, expected, upper] = quantiles[channel]!.map((level) => level[ahead]!) as [number, number, number];
      if (Number.isNaN(actual) || Number.isNaN(lower + expected + upper)) continue;
      const distance = Math.abs(actual - expected);
      const width = actual > expected ? upper - expected : expected - lower;
      const score = distance === 0 ? 0 : distance / Math.max(0, width);
      const tailProbability = 2 * normalDistribution(-score * normalQuantile((1 + probability) / 2));
      yield { series, channel, step, actual, expected, lower, upper, score, tailProbability, isAnomaly: score > 1 };
    }
  }
}
