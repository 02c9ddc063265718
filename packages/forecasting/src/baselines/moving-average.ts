import type { ChannelHistory, LocalForecast } from './local-forecaster.js';
import { observedSteps } from './random-walk.js';

/** Where neither a window nor a season is given. */
const defaultWindow = 10;

/**
 * The mean of the last k observations, for every step ahead.
 *
 *   ŷ(T+h) = (y(T) + … + y(T−k+1)) / k
 *
 * The deviation is that of these means' own one-step errors over the history, the same at every step: the method takes
 * the series for noise around a level. A shorter history is averaged as a whole.
 *
 * @param windowLength - k; 0 = one season, or 10 steps where there is none
 */
export function movingAverage(
  { values, horizon }: ChannelHistory,
  { windowLength, seasonality }: { windowLength: number; seasonality: number },
): LocalForecast {
  const observed = Float64Array.from(observedSteps(values), (step) => values[step]!);
  const wanted = windowLength > 0 ? windowLength : seasonality > 1 ? seasonality : defaultWindow;
  const window = Math.min(wanted, observed.length);
  const level = mean(observed.subarray(observed.length - window));
  return {
    mean: new Float64Array(horizon).fill(level),
    deviation: new Float64Array(horizon).fill(oneStepDeviation(observed, window)),
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Root mean square of y(t) − mean of the k before; from a history of one window only, of the values around their mean. */
function oneStepDeviation(values: Float64Array, window: number): number {
  const count = values.length - window;
  if (values.length < 2) return Number.NaN;
  if (count === 0) {
    const centre = mean(values);
    const sum = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
    return Math.sqrt((sum / (window - 1)) * (1 + 1 / window));
  }
  // The window's sum is carried, so that one pass is enough; it starts from the first value to keep its digits.
  let sum = 0;
  const base = values[0]!;
  for (let i = 0; i < window; i++) sum += values[i]! - base;
  let squares = 0;
  for (let i = window; i < values.length; i++) {
    squares += (values[i]! - base - sum / window) ** 2;
    sum += values[i]! - values[i - window]!;
  }
  return Math.sqrt(squares / count);
}
