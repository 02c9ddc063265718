import type { Scores } from './tally.js';
import type { Comparison } from '../comparison.js';

/** A number, or null where there is none: JSON has no NaN. */
export type MaybeNumber = number | null;

/** What a backtest found, as plain data for `report.json`. */
export interface BacktestResult {
  readonly dataset: string;
  readonly part: 'valid' | 'test';
  readonly horizon: number;
  /** steps between two origins */
  readonly step: number;
  /** of the series with the most of them */
  readonly origins: number;
  /** series and origins together */
  readonly windows: number;
  /** that had an origin */
  readonly series: number;
  /** of each series */
  readonly channels: number;
  /** too short for one origin */
  readonly skippedSeries: number;
  readonly units: 'original' | 'standardised';
  readonly seasonality: number;
  readonly quantiles: readonly number[];
  /** the score that series are ordered and forecasters are compared by */
  readonly loss: string;
  readonly forecasters: readonly ForecasterResult[];
  /** of the first forecaster with the best of the others, if there are others */
  readonly comparison?: Comparison;
}

export interface ForecasterResult {
  readonly name: string;
  /** of forecasting and refitting */
  readonly seconds: number;
  readonly fits: number;
  readonly overall: Scores;
  /** by score: `[horizon]` */
  readonly byStep: Readonly<Record<string, readonly MaybeNumber[]>>;
  /** the best by `loss` first; all, or only the best and the worst where there are many */
  readonly bySeries: readonly SeriesScores[];
  readonly examples: readonly ForecastExample[];
}

export interface SeriesScores {
  readonly series: string;
  readonly channel: string;
  readonly scores: Scores;
}

/** A forecast to look at. Its steps are `origin − history.length` … `origin + horizon − 1` of the series. */
export interface ForecastExample {
  readonly series: string;
  readonly channel: string;
  /** of step 0, as `Series.start` */
  readonly start: number;
  readonly origin: number;
  readonly history: readonly MaybeNumber[];
  /** `[horizon]` */
  readonly actual: readonly MaybeNumber[];
  /** `[horizon]` */
  readonly mean: readonly MaybeNumber[];
  /** `[level][horizon]` of the result's `quantiles`; absent for points alone */
  readonly quantiles?: readonly (readonly MaybeNumber[])[];
}

export function numbersOrNull(values: ArrayLike<number>): readonly MaybeNumber[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}
