export {
  forecastingConfigSchema,
  type DataConfig,
  type ForecastingConfig,
  type ForecastingConfigInput,
  type ModelConfig,
  type ModelConfigOf,
  type ModelName,
  type SplitConfig,
} from './config.js';
export type * from './types.js';
export {
  baselineNames,
  createBaseline,
  defaultBaselines,
  isBaselineName,
  type BaselineConfig,
  type BaselineName,
  type BaselineOptions,
} from './baselines/create-baseline.js';
export {
  formatFrequency,
  formatTime,
  frequencyUnits,
  parseFrequency,
  seasonLength,
  stepOf,
  timeAt,
  type Frequency,
  type FrequencyUnit,
} from './calendar/frequency.js';
