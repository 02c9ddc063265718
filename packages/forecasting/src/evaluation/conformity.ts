import { symmetricIntervals } from './distribution-metrics.js';
import type { Forecast, Series } from '../types.js';

/** Levels that are moved together: both bounds of a central interval, or one level that has no counterpart. */
export interface Band {
  /** places in the list of levels; −1 = no bound on this side */
  readonly lower: number;
  readonly upper: number;
  /** with which the actual value lies inside, if the levels are right */
  readonly probability: number;
}

/** @param levels - ascending; ½ belongs to no band */
export function bandsOf(levels: readonly number[]): readonly Band[] {
  const pairs = symmetricIntervals(levels);
  const paired = new Set(pairs.flatMap(({ lower, upper }) => [lower, upper]));
  const single = levels.flatMap((level, place): readonly Band[] => {
    if (paired.has(place) || level === 0.5) return [];
    return [
      level < 0.5
        ? { lower: place, upper: -1, probability: 1 - level }
        : { lower: -1, upper: place, probability: level },
    ];
  });
  return [...pairs, ...single];
}

/** `[level]` of one channel and step: the forecaster's own quantiles, or its point at each level. */
export function boundsAt(forecast: Forecast, channel: number, step: number): (level: number) => number {
  const quantiles = forecast.quantiles?.[channel];
  return quantiles ? (level) => quantiles[level]![step]! : () => forecast.mean[channel]![step]!;
}

/**
 * How far y lies outside of a band, negative inside: max(l − y, y − u). Of a forecaster that gives points, whose quantiles
 * are all its mean, that is |y − f|.
 *
 * @see Romano, Patterson & Candès 2019, equation 6
 */
export function conformityScore({ lower, upper }: Band, bound: (level: number) => number, actual: number): number {
  const below = lower < 0 ? -Infinity : bound(lower) - actual;
  const above = upper < 0 ? -Infinity : actual - bound(upper);
  return Math.max(below, above);
}

/**
 * The ⌈(n + 1)·p⌉-th smallest of n scores: with it, n + 1 exchangeable scores have a share of at least p below. Where n
 * is too small for that, the largest.
 *
 * @param sorted - ascending, at least one
 */
export function conformalQuantile(sorted: ArrayLike<number>, probability: number): number {
  const rank = Math.ceil((sorted.length + 1) * probability - 1e-9);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1]!;
}

const roughness = new WeakMap<Float64Array, Float64Array>();

/**
 * What the scores of a channel are measured in, so that those of large and small series can be pooled: mean |yₜ − yₜ₋₁| of
 * the known neighbours before the origin, 1 where there is none or nothing moved.
 */
export function scoreUnit({ targets }: Series, channel: number, origin: number): number {
  const values = targets[channel]!;
  const known = roughness.get(values) ?? meanMoves(values);
  roughness.set(values, known);
  return known[origin]! || 1;
}

/** `[step]`: mean |yₜ − yₜ₋₁| over t < step. */
function meanMoves(values: Float64Array): Float64Array {
  const means = new Float64Array(values.length + 1);
  let sum = 0;
  let count = 0;
  for (let t = 1; t < values.length; t++) {
    const move = Math.abs(values[t]! - values[t - 1]!);
    if (!Number.isNaN(move)) {
      sum += move;
      count++;
    }
    means[t + 1] = count === 0 ? 0 : sum / count;
  }
  return means;
}
