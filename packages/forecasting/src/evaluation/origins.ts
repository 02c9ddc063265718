import { DataError } from '@unroll/core';
import type { SplitPanel } from '../types.js';

/**
 * Which steps of a part are forecast from where. inside: the whole horizon lies in the part; last-step: the last step of
 * the horizon takes every step of the part in turn, and is the only one that is scored (the protocol of LSTNet);
 * partial: forecasts begin at every step of the part, and steps after it are not scored.
 */
export type OriginRule = 'inside' | 'last-step' | 'partial';

export interface OriginOptions {
  readonly part: 'valid' | 'test';
  readonly horizon: number;
  /** between two origins */
  readonly step: number;
  /** of a series at most, the last ones */
  readonly count: number;
  readonly rule: OriginRule;
}

/** The origins of one series: `last`, `last − step`, … */
export interface SeriesOrigins {
  /** of the part, `from` up to but without `to` */
  readonly from: number;
  readonly to: number;
  readonly last: number;
  readonly count: number;
}

export interface OriginPlan {
  /** by series */
  readonly series: readonly SeriesOrigins[];
  /** between two origins */
  readonly step: number;
  /** origins of the series with the most of them */
  readonly rounds: number;
  /** origins of all series together */
  readonly windows: number;
}

/**
 * The origins of every series, counted from the end of the part, so that its last steps are always forecast.
 *
 * @returns a series too short for one origin has the count 0
 * @throws {DataError} `data/part-too-short` if no series has an origin
 */
export function planOrigins(split: SplitPanel, options: OriginOptions): OriginPlan {
  const { part, horizon, step, rule } = options;
  const series = split.bounds.map(({ trainEnd, validEnd, testEnd }) => {
    const [from, to] = part === 'valid' ? [trainEnd, validEnd] : [validEnd, testEnd];
    const first = Math.max(1, rule === 'last-step' ? from - horizon + 1 : from);
    const last = rule === 'partial' ? to - 1 : to - horizon;
    const count = last < first ? 0 : Math.min(options.count, Math.floor((last - first) / step) + 1);
    return { from, to, last, count };
  });
  if (series.every(({ count }) => count === 0)) {
    const longest = series.reduce((most, { from, to }) => Math.max(most, to - from), 0);
    const message =
      `${split.panel.name}: the ${part} part has ${longest} steps at most, too few for a horizon of ${horizon}; ` +
      `give it more (split.${part}) or forecast less far (--horizon)`;
    throw new DataError('data/part-too-short', message);
  }
  const rounds = series.reduce((most, { count }) => Math.max(most, count), 0);
  return { series, step, rounds, windows: series.reduce((sum, { count }) => sum + count, 0) };
}
