import { parseConfig, presetByName } from '@unroll/core';
import { forecastingConfigSchema, type ForecastingConfig, type ForecastingConfigInput } from '../config.js';
import { deeparEtth1, deeparEtth1Week } from './deepar-etth1.js';
import { dLinearEtth1, nLinearEtth1 } from './linear-etth1.js';
import { lstNetExchangeRate } from './lstnet-exchange-rate.js';
import { esRnnM4Hourly, esRnnM4Weekly } from './esrnn-m4.js';
import { segRnnEtth1 } from './segrnn-etth1.js';
import { usBirths, usBirthsMqRnn } from './us-births.js';

/** Ready configurations by name; what they leave out is `forecastingConfigSchema`'s default. */
export const presets = {
  'deepar-etth1': deeparEtth1,
  'deepar-etth1-168': deeparEtth1Week,
  'segrnn-etth1': segRnnEtth1,
  'nlinear-etth1': nLinearEtth1,
  'dlinear-etth1': dLinearEtth1,
  'esrnn-m4-hourly': esRnnM4Hourly,
  'esrnn-m4-weekly': esRnnM4Weekly,
  'lstnet-exchange-rate': lstNetExchangeRate,
  'us-births': usBirths,
  'us-births-mqrnn': usBirthsMqRnn,
} as const satisfies Readonly<Record<string, ForecastingConfigInput>>;

export type PresetName = keyof typeof presets;

/**
 * A preset by name.
 *
 * @throws {ConfigError} `config/unknown-preset`, naming the nearest
 */
export function findPreset(name: string): ForecastingConfigInput {
  return presetByName<ForecastingConfigInput>(presets, name);
}

/** A configuration with every default filled in. @throws {ConfigError} for a key or value that cannot be used */
export function parseForecastingConfig(input: ForecastingConfigInput): ForecastingConfig {
  return parseConfig(forecastingConfigSchema, input);
}
