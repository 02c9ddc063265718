import { parseConfig, type RandomKey } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import {
  baselineNames,
  createBaseline,
  forecastingConfigSchema,
  isBaselineName,
  type Forecaster,
  type SplitPanel,
} from '@unroll/forecasting';

export interface NamedBaselineOptions {
  readonly split: SplitPanel;
  readonly seasonality: number;
  readonly horizon: number;
  readonly key: RandomKey;
}

/** A baseline by name, with its defaults. */
export function namedBaseline(name: string, options: NamedBaselineOptions): Promise<Forecaster> {
  const { model } = parseConfig(forecastingConfigSchema, { model: { name } });
  return createBaseline(model, options);
}

/** The names of `--baselines`, of which `none` is none. @throws {UsageError} for one that is no baseline */
export function checkedBaselines(names: readonly string[] | undefined): readonly string[] | undefined {
  if (names === undefined) return undefined;
  if (names.length === 1 && names[0] === 'none') return [];
  const unknown = names.find((name) => !isBaselineName(name));
  if (unknown === undefined) return names;
  const message = `--baselines ${unknown} is no baseline; there are ${baselineNames.join(', ')}`;
  throw new UsageError('usage/baselines', message);
}
