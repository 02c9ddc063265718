import { randomKey } from '@unroll/core';
import type { Forecast, Forecaster, ForecastRequest, Panel, SplitBounds, SplitPanel } from '@unroll/forecasting';

export const key = randomKey(3);

/** A clock that stands still. */
export const clock = () => 0;

/** A forecaster that a test wrote as a function. */
export function forecasterOf(
  name: string,
  forecast: (request: ForecastRequest, horizon: number, quantiles: readonly number[]) => Forecast,
): Forecaster {
  return {
    name,
    longestHorizon: Infinity,
    async *forecast(requests, { horizon, quantiles }) {
      for (const request of requests) yield forecast(request, horizon, quantiles);
    },
  };
}

/** The last known value, plus something. */
export function lastValue(name = 'last', plus = 0): Forecaster {
  return forecasterOf(name, ({ series, origin }, horizon) => ({
    mean: series.targets.map((values) => new Float64Array(horizon).fill(values[origin - 1]! + plus)),
  }));
}

/** Every series cut at the same distances from its end. */
export function splitOf(panel: Panel, { valid, test }: { readonly valid: number; readonly test: number }): SplitPanel {
  const bounds = panel.series.map(({ length }): SplitBounds => ({
    trainEnd: length - test - valid,
    validEnd: length - test,
    testEnd: length,
  }));
  return { panel, bounds };
}
