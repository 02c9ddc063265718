import type { LocalForecast } from './local-forecaster.js';

/** Seasons of history below which no season is looked for. */
const seasonsNeeded = 3;
/** Two-sided 90 % point of the standard normal distribution. */
const criticalValue = 1.645;

/** A history whose season is removed, and the way back for forecasts from its end. */
export interface SeasonalAdjustment {
  readonly adjusted: Float64Array;
  readonly restore: (forecast: LocalForecast) => LocalForecast;
}

/**
 * Removes the season where the test finds one: divides by the indices of a classical decomposition, or subtracts them
 * where a value is not positive.
 *
 * @param values - without missing values
 *
 * @see Makridakis, Spiliotis & Assimakopoulos 2020, "The M4 competition", appendix A, for Naive2
 */
export function adjustSeason(values: Float64Array, seasonality: number): SeasonalAdjustment {
  if (!isSeasonal(values, seasonality)) return { adjusted: values, restore: (forecast) => forecast };
  const multiplicative = values.every((value) => value > 0);
  const indices = seasonalIndices(values, { seasonality, multiplicative });
  const indexOf = (step: number) => indices[step % seasonality]!;
  const ahead = (step: number) => indexOf(values.length + step);
  return multiplicative
    ? {
        adjusted: values.map((value, step) => value / indexOf(step)),
        restore: ({ mean, deviation }) => ({
          mean: mean.map((value, step) => value * ahead(step)),
          deviation: deviation.map((value, step) => value * ahead(step)),
        }),
      }
    : {
        adjusted: values.map((value, step) => value - indexOf(step)),
        restore: ({ mean, deviation }) => ({ mean: mean.map((value, step) => value + ahead(step)), deviation }),
      };
}

/**
 * Whether the autocorrelation at the lag of one season differs from zero at the 90 % level, from three seasons on:
 *
 *   |r(m)| > 1.645·√((1 + 2·(r(1)² + … + r(m−1)²)) / n)      Bartlett's variance of r(m)
 */
export function isSeasonal(values: Float64Array, seasonality: number): boolean {
  const n = values.length;
  if (seasonality <= 1 || n < seasonsNeeded * seasonality) return false;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const centred = values.map((value) => value - mean);
  const products = (lag: number) => {
    let sum = 0;
    for (let step = lag; step < n; step++) sum += centred[step]! * centred[step - lag]!;
    return sum;
  };
  const variance = products(0);
  if (!(variance > 0)) return false;
  let squares = 0;
  for (let lag = 1; lag < seasonality; lag++) squares += (products(lag) / variance) ** 2;
  return Math.abs(products(seasonality) / variance) > criticalValue * Math.sqrt((1 + 2 * squares) / n);
}

/**
 * One index a phase, phase 0 being that of step 0: the mean of y/trend (y − trend) over the steps of a phase, with a
 * centred moving average of one season as the trend; then divided by (less) the mean of all.
 *
 * @param values - at least two seasons
 */
export function seasonalIndices(
  values: Float64Array,
  { seasonality, multiplicative }: { seasonality: number; multiplicative: boolean },
): Float64Array {
  const half = Math.floor(seasonality / 2);
  // A season of even length has no middle step: the two outermost count half.
  const edge = seasonality % 2 === 0 ? 0.5 : 1;
  const sums = new Float64Array(seasonality);
  const counts = new Float64Array(seasonality);
  for (let step = half; step + half < values.length; step++) {
    let trend = edge * (values[step - half]! + values[step + half]!);
    for (let i = step - half + 1; i < step + half; i++) trend += values[i]!;
    trend /= seasonality;
    const phase = step % seasonality;
    sums[phase] = sums[phase]! + (multiplicative ? values[step]! / trend : values[step]! - trend);
    counts[phase] = counts[phase]! + 1;
  }
  const figures = sums.map((sum, phase) => sum / counts[phase]!);
  const centre = figures.reduce((sum, figure) => sum + figure, 0) / seasonality;
  return figures.map((figure) => (multiplicative ? figure / centre : figure - centre));
}
