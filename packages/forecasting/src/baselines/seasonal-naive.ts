import type { ChannelHistory, LocalForecast } from './local-forecaster.js';
import { naive } from './naive.js';

/**
 * The same step of the last season in which it was observed.
 *
 *   ŷ(T+h) = y(T + h − m·k)      deviation(h) = σ·√k      k seasons back, σ of a step over one season
 *
 * Where a step of the season was never observed, as in a series shorter than a season, it is the last observation. Its
 * deviation is the naive forecast's, and so is every one while no step was seen in two seasons.
 *
 * @see Hyndman & Athanasopoulos 2021, Forecasting: principles and practice, section 5.5
 */
export function seasonalNaive(history: ChannelHistory, seasonality: number): LocalForecast {
  const fallback = naive(history);
  if (seasonality <= 1) return fallback;
  const { values, horizon } = history;
  const sigma = seasonDeviation(values, seasonality);
  const mean = new Float64Array(horizon);
  const deviation = new Float64Array(horizon);
  for (let i = 0; i < horizon; i++) {
    let step = values.length + i - seasonality;
    while (step >= values.length || Number.isNaN(values[step])) step -= seasonality;
    const found = step >= 0;
    mean[i] = found ? values[step]! : fallback.mean[i]!;
    const certain = found && !Number.isNaN(sigma);
    deviation[i] = certain ? sigma * Math.sqrt((values.length + i - step) / seasonality) : fallback.deviation[i]!;
  }
  return { mean, deviation };
}

/** σ of the change over one season, from all pairs of observations of one phase that follow each other; NaN without one. */
function seasonDeviation(values: Float64Array, seasonality: number): number {
  let sum = 0;
  let count = 0;
  for (let phase = 0; phase < seasonality; phase++) {
    let previous = -1;
    for (let step = phase; step < values.length; step += seasonality) {
      if (Number.isNaN(values[step]!)) continue;
      if (previous >= 0) {
        sum += (values[step]! - values[previous]!) ** 2 / ((step - previous) / seasonality);
        count++;
      }
      previous = step;
    }
  }
  return count > 0 ? Math.sqrt(sum / count) : Number.NaN;
}
