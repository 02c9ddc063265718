import type { ChannelHistory, LocalForecast } from './local-forecaster.js';
import { observedSteps, randomWalkDeviation } from './random-walk.js';

/**
 * The last observation, again and again: a random walk's best forecast.
 *
 *   ŷ(T+h) = y(T)      deviation(h) = σ·√(h + g)
 *
 * with g steps missing between the last observation and the origin, and σ of the steps of the walk.
 */
export function naive({ values, horizon }: ChannelHistory): LocalForecast {
  const steps = observedSteps(values);
  const last = steps.at(-1)!;
  const sigma = randomWalkDeviation(values, { steps });
  const gap = values.length - 1 - last;
  return {
    mean: new Float64Array(horizon).fill(values[last]!),
    deviation: Float64Array.from({ length: horizon }, (_, i) => sigma * Math.sqrt(i + 1 + gap)),
  };
}
