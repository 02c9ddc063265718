import type { ChannelHistory, LocalForecast } from './local-forecaster.js';
import { observedSteps, randomWalkDeviation } from './random-walk.js';

/**
 * A random walk with drift: the line through the first and the last observation goes on.
 *
 *   ŷ(T+h) = y(T) + h·b,  b = (y(T) − y(1)) / (T − 1)      deviation(h) = σ·√(h·(1 + h/(T − 1)))
 *
 * One observation alone is repeated.
 *
 * @see Hyndman & Athanasopoulos 2021, Forecasting: principles and practice, section 5.5
 */
export function drift({ values, horizon }: ChannelHistory): LocalForecast {
  const steps = observedSteps(values);
  const last = steps.at(-1)!;
  const span = last - steps[0]!;
  const slope = span > 0 ? (values[last]! - values[steps[0]!]!) / span : 0;
  const sigma = randomWalkDeviation(values, { steps, drift: slope, estimated: 1 });
  const ahead = (i: number) => values.length - last + i;
  return {
    mean: Float64Array.from({ length: horizon }, (_, i) => values[last]! + ahead(i) * slope),
    deviation: Float64Array.from({ length: horizon }, (_, i) => sigma * Math.sqrt(ahead(i) * (1 + ahead(i) / span))),
  };
}
