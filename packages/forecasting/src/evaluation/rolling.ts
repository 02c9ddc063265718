import type { RandomKey } from '@unroll/core';
import type { Forecaster, ForecastRequest, SplitPanel } from '../types.js';
import type { OriginPlan } from './origins.js';
import { pairedForecasts, type Answer } from './paired-forecasts.js';

/** A request of a rolling forecast. */
export interface RollingRequest extends ForecastRequest {
  /** 0 for the first origin in time; a series with fewer origins than others begins later */
  readonly round: number;
  /** place of the series in its panel */
  readonly place: number;
}

export interface Rolling {
  readonly split: SplitPanel;
  readonly plan: OriginPlan;
  readonly horizon: number;
  readonly quantiles: readonly number[];
  readonly samples: number;
  readonly key: RandomKey;
  readonly signal?: AbortSignal | undefined;
}

/** The origin of a series in a round, if it has one: its last origin belongs to the last round. */
export function originOf({ series, rounds, step }: OriginPlan, place: number, round: number): number | undefined {
  const { last, count } = series[place]!;
  const fromLast = rounds - 1 - round;
  return fromLast < count ? last - fromLast * step : undefined;
}

/** Forecasts from the origins of a plan, in the order of time, of the rounds `from` … `to − 1`: all unless given. */
export function rollingForecasts(
  forecaster: Forecaster,
  { split, plan, signal, ...options }: Rolling,
  { from = 0, to = plan.rounds }: { readonly from?: number; readonly to?: number } = {},
): AsyncIterable<Answer<RollingRequest>> {
  function* requests(): Iterable<RollingRequest> {
    for (let round = from; round < to; round++) {
      for (const [place, series] of split.panel.series.entries()) {
        const origin = originOf(plan, place, round);
        if (origin !== undefined) yield { series, origin, round, place };
      }
    }
  }
  return pairedForecasts(forecaster, requests(), { ...options, ...(signal && { signal }) });
}
