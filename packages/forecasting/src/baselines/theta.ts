import { fitSimpleSmoothing } from './exponential-smoothing.js';
import { fillGaps } from './fill-gaps.js';
import type { ChannelHistory, LocalForecast } from './local-forecaster.js';
import { adjustSeason } from './seasonal-adjustment.js';

/**
 * The Theta method: the mean of two forecasts of the seasonally adjusted history, with the season put back.
 *
 *   line 0: the regression line a + b·t      line 2: 2·y − line 0, by simple exponential smoothing
 *
 * It is the forecast of simple exponential smoothing with half the line's slope as drift; so its errors are half of those
 * of line 2, and
 *
 *   deviation(h) = σ·√(1 + (h − 1)·α²)
 *
 * @see Assimakopoulos & Nikolopoulos 2000; Hyndman & Billah 2003, "Unmasking the Theta method"
 */
export function theta({ values, horizon }: ChannelHistory, seasonality: number): LocalForecast {
  const { adjusted, restore } = adjustSeason(fillGaps(values, seasonality), seasonality);
  const { intercept, slope } = regressionLine(adjusted);
  const line = (step: number) => intercept + slope * step;
  const { alpha, level, sigma } = fitSimpleSmoothing(adjusted.map((value, step) => 2 * value - line(step)));
  return restore({
    mean: Float64Array.from({ length: horizon }, (_, i) => 0.5 * (level + line(adjusted.length + i))),
    deviation: Float64Array.from({ length: horizon }, (_, i) => 0.5 * sigma * Math.sqrt(1 + i * alpha * alpha)),
  });
}

/** Least squares over the steps 0, 1, …; a slope of 0 for a single value. */
function regressionLine(values: Float64Array): { readonly intercept: number; readonly slope: number } {
  const n = values.length;
  const centre = (n - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let [products, squares] = [0, 0];
  for (let step = 0; step < n; step++) {
    products += (step - centre) * (values[step]! - mean);
    squares += (step - centre) ** 2;
  }
  const slope = squares > 0 ? products / squares : 0;
  return { intercept: mean - slope * centre, slope };
}
