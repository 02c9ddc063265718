import type { ForecastingConfig } from './config.js';
import type { Scaling } from './types.js';

export type ScalingKind = ForecastingConfig['scaling'];

/** Deviations on the logarithmic scale below which a value that lies at or under −offset is taken to lie. */
const lowestDeviations = 10;

const unscaled: Scaling = { transform: 'identity', offset: 0, location: 0, scale: 1 };

/**
 * The change of units of one channel of one series. Deviations divide by n, as published protocols do.
 *
 *   standard   (x − mean) / deviation      mean-absolute   x / mean |x|      max   x / max |x|
 *   robust     (x − median) / IQR          log             standard of ln(x + offset)
 *   instance   standard, as the units in which each window is then standardised by its own context
 *
 * A scale is never 0: that of a constant series is |location|, or 1.
 *
 * @param values - of the training part; what is not finite counts as missing. None at all gives the identity.
 */
export function fitScaling(values: ArrayLike<number>, kind: ScalingKind): Scaling {
  const known = Float64Array.from(values).filter((value) => Number.isFinite(value));
  if (known.length === 0) return unscaled;
  switch (kind) {
    case 'none':
      return unscaled;
    case 'standard':
    case 'instance':
      return { ...unscaled, ...momentsOf(known) };
    case 'mean-absolute':
      return { ...unscaled, scale: positive(averageOf(known.map(Math.abs)), 1) };
    case 'max':
      return { ...unscaled, scale: positive(largestOf(known.map(Math.abs)), 1) };
    case 'robust':
      return { ...unscaled, ...orderStatisticsOf(known) };
    case 'log': {
      const offset = logarithmOffset(known);
      return { transform: 'log', offset, ...momentsOf(known.map((value) => Math.log(value + offset))) };
    }
  }
}

/** `(f(x) − location) / scale`; NaN stays NaN. */
export function applyScaling({ transform, offset, location, scale }: Scaling, value: number): number {
  if (transform === 'identity') return (value - location) / scale;
  // Later data may lie below all that the offset was fitted on, where there is no logarithm.
  const lowest = location - lowestDeviations * scale;
  return (
    ((value + offset > 0 ? Math.max(Math.log(value + offset), lowest) : keepNaN(value, lowest)) - location) / scale
  );
}

/** What `applyScaling` was given. */
export function invertScaling({ transform, offset, location, scale }: Scaling, scaled: number): number {
  const value = scaled * scale + location;
  return transform === 'identity' ? value : Math.exp(value) - offset;
}

/**
 * `scaling`, and then `(y − location) / scale` of what it gives, as one scaling: how a window that is standardised by
 * its context goes back to the units of its series.
 */
export function composeScaling(scaling: Scaling, { location, scale }: Pick<Scaling, 'location' | 'scale'>): Scaling {
  return { ...scaling, location: scaling.location + scaling.scale * location, scale: scaling.scale * scale };
}

function keepNaN(value: number, otherwise: number): number {
  return Number.isNaN(value) ? value : otherwise;
}

/** 0 where all values are positive; else what brings the smallest one to a thousandth of the range, or to 1. */
function logarithmOffset(values: Float64Array): number {
  const [smallest, largest] = [-largestOf(values.map((value) => -value)), largestOf(values)];
  if (smallest > 0) return 0;
  const offset = Math.min(1, (largest - smallest) / 1000) - smallest;
  // nothing is left of it where all values are the same, or nearly so
  return smallest + offset > 0 ? offset : 1 - smallest;
}

function momentsOf(values: Float64Array): Pick<Scaling, 'location' | 'scale'> {
  const location = averageOf(values);
  const deviation = Math.sqrt(averageOf(values.map((value) => (value - location) ** 2)));
  return { location, scale: positive(deviation, location) };
}

function orderStatisticsOf(values: Float64Array): Pick<Scaling, 'location' | 'scale'> {
  const sorted = values.toSorted();
  const location = quantileOf(sorted, 0.5);
  const range = quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25);
  // More than half of the values are one and the same: the rest still has a spread.
  const isSpread = range > 1e-12 * Math.abs(location);
  return { location, scale: isSpread ? range : momentsOf(values).scale };
}

/** Linear between neighbours: the quantile of type 7 of Hyndman & Fan 1996. */
function quantileOf(sorted: Float64Array, level: number): number {
  const place = level * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** `scale`, or |location| or 1 where it is 0 but for rounding. */
function positive(scale: number, location: number): number {
  return scale > 1e-12 * Math.abs(location) ? scale : Math.abs(location) || 1;
}

function averageOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function largestOf(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, value), -Infinity);
}
