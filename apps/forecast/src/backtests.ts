import { deriveKey, formatNumber, type RandomKey } from '@unroll/core';
import {
  backtest,
  defaultBaselines,
  type BacktestResult,
  type Forecaster,
  type ForecastingConfig,
  type RefittedForecaster,
  type SplitPanel,
} from '@unroll/forecasting';
import { namedBaseline } from './baselines.js';

export type HeldOutPart = 'valid' | 'test';

export interface RunBacktestOptions {
  readonly split: SplitPanel;
  readonly config: ForecastingConfig;
  readonly seasonality: number;
  readonly key: RandomKey;
  readonly part: HeldOutPart;
  /** names; those that suit the data unless set */
  readonly baselines?: readonly string[] | undefined;
  readonly quantiles?: readonly number[] | undefined;
  /** between origins; by the length of the part unless set */
  readonly step?: number | undefined;
  /** of each series, the last ones */
  readonly origins?: number | undefined;
  /** origins that one fit serves; what is given stays as it is unless set */
  readonly refit?: number | undefined;
  readonly units?: 'original' | 'standardised' | undefined;
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** Origins of each series that a report should have, and windows that it should not exceed, where there are enough. */
const fewestOrigins = 12;
const mostWindows = 1000;
/** Forecasts that are kept for pictures. */
const examples = 200;
const sayEveryMs = 5000;
const mostValuesForEts = 100_000;

/** Backtests forecasters beside the baselines, from the same origins. The first is the one in question. */
export async function runBacktest(
  forecasters: readonly (Forecaster | RefittedForecaster)[],
  options: RunBacktestOptions,
): Promise<BacktestResult> {
  const { split, config, seasonality, key, part, onProgress = () => {} } = options;
  const { horizon } = config;
  const taken = new Set(forecasters.map(({ name }) => name));
  const names = (options.baselines ?? affordableBaselines(options)).filter((name) => !taken.has(name));
  const baselines = await Promise.all(names.map((name) => baselineOf(name, options)));
  let saidMs = performance.now();
  return backtest({
    forecasters: [...forecasters, ...baselines],
    split,
    part,
    horizon,
    seasonality,
    step: options.step ?? stepOf(options),
    ...(options.origins !== undefined && { count: options.origins }),
    ...(config.model.name === 'lstnet' && config.model.lastStepOnly && { origins: 'last-step' as const }),
    ...(options.units && { units: options.units }),
    quantiles: options.quantiles ?? config.quantiles,
    // those that it draws anyway, for CRPS
    ...(config.model.name === 'deepar' && { samples: config.model.paths }),
    key: deriveKey(key, 'evaluation'),
    examples,
    clock: () => performance.now(),
    onProgress: ({ forecaster, done, total }) => {
      if (performance.now() - saidMs < sayEveryMs) return;
      saidMs = performance.now();
      onProgress(`backtest: ${forecaster}, ${done} of ${total} windows`);
    },
    ...(options.signal && { signal: options.signal }),
  });
}

/** Those that suit the data; ETS searches fifteen forms for each series, which nobody wants to wait for unasked. */
function affordableBaselines({ split, seasonality, onProgress = () => {} }: RunBacktestOptions): readonly string[] {
  const names = defaultBaselines(seasonality);
  const steps = split.bounds.reduce((sum, { validEnd }) => sum + validEnd, 0);
  const values = steps * split.panel.targetNames.length;
  if (values <= mostValuesForEts || !names.includes('ets')) return names;
  onProgress(`ets is left out: ${formatNumber(values)} values are many for it; name it with --baselines to have it`);
  return names.filter((name) => name !== 'ets');
}

async function baselineOf(
  name: string,
  { split, config: { horizon }, seasonality, key, refit }: RunBacktestOptions,
): Promise<Forecaster | RefittedForecaster> {
  const fit = (known: SplitPanel) =>
    namedBaseline(name, { split: known, seasonality, horizon, key: deriveKey(key, name) });
  return refit === undefined ? fit(split) : { name, refitEvery: refit, fit };
}

/** True if at least one series has a whole horizon in the part. */
export function hasPart({ bounds }: SplitPanel, part: HeldOutPart, horizon: number): boolean {
  return bounds.some((each) => lengthOf(each, part) >= horizon);
}

function lengthOf({ trainEnd, validEnd, testEnd }: SplitPanel['bounds'][number], part: HeldOutPart): number {
  return part === 'valid' ? validEnd - trainEnd : testEnd - validEnd;
}

/** A horizon, so that every step is forecast once; less where that gives few origins, more where it gives very many. */
function stepOf({ split, part, config: { horizon } }: RunBacktestOptions): number {
  const possible = split.bounds.map((each) => Math.max(0, lengthOf(each, part) - horizon + 1));
  const longest = possible.reduce((a, b) => Math.max(a, b), 0);
  const all = possible.reduce((a, b) => a + b, 0);
  const dense = Math.max(1, Math.min(horizon, Math.floor(longest / fewestOrigins)));
  return Math.max(dense, Math.ceil(all / mostWindows));
}
