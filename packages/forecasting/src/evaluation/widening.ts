import { ConfigError } from '@unroll/core';
import { bandsOf, type Band } from './conformity.js';
import type { Forecast } from '../types.js';

/** Which levels a forecaster is asked for so that calibrated ones can be given. */
export interface CalibratedLevels {
  /** the calibrated levels, and ½ if it is wanted; ascending */
  readonly levels: readonly number[];
  readonly bands: readonly Band[];
  /** `[wanted level]`: places in `levels` */
  readonly places: readonly number[];
}

/** @throws {ConfigError} `config/quantiles` for a level that was not calibrated */
export function calibratedLevels(calibrated: readonly number[], wanted: readonly number[]): CalibratedLevels {
  const levels = [...new Set([...calibrated, ...wanted.filter((level) => level === 0.5)])].sort((a, b) => a - b);
  const places = wanted.map((level) => levels.findIndex((known) => Math.abs(known - level) < 1e-9));
  const missing = wanted[places.indexOf(-1)];
  if (missing !== undefined) {
    const message =
      `the quantile ${missing} was not calibrated, only ${calibrated.join(', ')}; ` +
      'ask for those, or calibrate again with the levels that you need (--quantiles)';
    throw new ConfigError('config/quantiles', message);
  }
  return { levels, bands: bandsOf(levels), places };
}

/** By how much a band is widened on each of its sides, in the units of the targets; negative = narrowed. */
export type Widening = (at: { readonly band: number; readonly channel: number; readonly step: number }) => number;

/** A forecast with its bands widened. Where narrowed bounds would cross, the levels are put in order again. */
export function widenForecast(
  forecast: Forecast,
  { levels, bands, places }: CalibratedLevels,
  widening: Widening,
): Forecast {
  const quantiles = forecast.mean.map((mean, channel) => {
    const curves = levels.map((_, level) => Float64Array.from(forecast.quantiles?.[channel]?.[level] ?? mean));
    bands.forEach(({ lower, upper }, band) => {
      for (let step = 0; step < mean.length; step++) {
        const by = widening({ band, channel, step });
        if (lower >= 0) curves[lower]![step]! -= by;
        if (upper >= 0) curves[upper]![step]! += by;
      }
    });
    putInOrder(curves);
    return places.map((place) => curves[place]!);
  });
  return { mean: forecast.mean, quantiles };
}

/** @param curves - `[level][step]`, changed in place */
function putInOrder(curves: readonly Float64Array[]): void {
  for (let level = 1; level < curves.length; level++) {
    const [below, above] = [curves[level - 1]!, curves[level]!];
    if (above.every((value, step) => !(value < below[step]!))) continue;
    for (const step of above.keys()) {
      const values = Float64Array.from(curves, (curve) => curve[step]!).sort();
      curves.forEach((curve, i) => (curve[step] = values[i]!));
    }
    return;
  }
}
