import { ConfigError, type RandomKey } from '@unroll/core';
import type { ModelConfig, ModelConfigOf, ModelName } from '../config.js';
import type { Forecaster, SplitPanel } from '../types.js';
import { linearAutoregression } from './autoregression/linear-autoregression.js';
import { drift } from './drift.js';
import { ets } from './ets/ets.js';
import { localForecaster, type ChannelHistory } from './local-forecaster.js';
import { movingAverage } from './moving-average.js';
import { naive } from './naive.js';
import { naive2 } from './naive2.js';
import { partEnds } from './part-ends.js';
import { seasonalNaive } from './seasonal-naive.js';
import { theta } from './theta.js';

/** Forecasting methods that need no training run; linear networks such as NLinear are trained and are not among them. */
export const baselineNames = [
  'naive',
  'seasonal-naive',
  'naive2',
  'drift',
  'moving-average',
  'theta',
  'ets',
  'linear-autoregression',
] as const satisfies readonly ModelName[];
export type BaselineName = (typeof baselineNames)[number];
export type BaselineConfig = ModelConfigOf<BaselineName>;

export interface BaselineOptions {
  /** what may be learnt from: of each series, the steps before its `trainEnd` */
  readonly split: SplitPanel;
  /** steps of one season, at least 1 */
  readonly seasonality: number;
  /** steps ahead that will be asked for; methods that go on from their own forecasts take any other, too */
  readonly horizon: number;
  readonly key: RandomKey;
  /**
   * Of ETS. part: form and coefficients are those of the end of the part before the origin, and only the state goes on, so
   * that a backtest fits a series once; origin: everything anew at every origin. part unless set
   */
  readonly refit?: 'part' | 'origin';
}

export function isBaselineName(name: string): name is BaselineName {
  return (baselineNames as readonly string[]).includes(name);
}

function isBaseline(model: ModelConfig): model is BaselineConfig {
  return isBaselineName(model.name);
}

/** The baselines that decide whether a network is worth it; those of season only where there is one. */
export function defaultBaselines(seasonality: number): readonly BaselineName[] {
  const seasonal = ['seasonal-naive', 'naive2'] as const;
  return baselineNames.filter((name) => seasonality > 1 || !(seasonal as readonly string[]).includes(name));
}

/**
 * A baseline in the interface of every other forecaster. Each looks at one channel alone, takes gaps, constant series and
 * a single observation, and gives quantiles from its own theory, with normal errors.
 *
 * @throws {ConfigError} `config/model` for a model that is no baseline
 */
export async function createBaseline(model: ModelConfig, options: BaselineOptions): Promise<Forecaster> {
  const { seasonality } = options;
  if (!isBaseline(model)) {
    throw new ConfigError(
      'config/model',
      `${model.name} is no baseline: it has to be trained; the baselines are ${baselineNames.join(', ')}`,
    );
  }
  switch (model.name) {
    case 'naive':
      return localForecaster(model.name, naive);
    case 'seasonal-naive':
      return localForecaster(model.name, (history) => seasonalNaive(history, seasonality));
    case 'naive2':
      return localForecaster(model.name, (history) => naive2(history, seasonality));
    case 'theta':
      return localForecaster(model.name, (history) => theta(history, seasonality));
    case 'ets': {
      const endOf = options.refit === 'origin' ? undefined : partEnds(options.split);
      const fitUntil = ({ series, origin }: ChannelHistory) => endOf?.(series, origin) ?? origin;
      return localForecaster(model.name, ets({ form: model, seasonality, fitUntil }));
    }
    case 'linear-autoregression':
      return localForecaster(model.name, linearAutoregression({ ...options, order: model.order }));
    case 'drift':
      return localForecaster(model.name, drift);
    case 'moving-average': {
      const { windowLength } = model;
      return localForecaster(model.name, (history) => movingAverage(history, { windowLength, seasonality }));
    }
  }
}
