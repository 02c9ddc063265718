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
export { backtest, type BacktestOptions, type BacktestProgress, type RefittedForecaster } from './backtest.js';
export type { OriginRule } from './evaluation/origins.js';
export type {
  BacktestResult,
  ForecasterResult,
  ForecastExample,
  MaybeNumber,
  SeriesScores,
} from './evaluation/result.js';
export type { Scores } from './evaluation/tally.js';
export { forecastMetrics, overallWeightedAverage } from './metrics.js';
export type { DeepArModel, RollingState } from './models/deepar.js';
export { findPreset, parseForecastingConfig, presets, type PresetName } from './presets/index.js';
export { createWindowSource, windowsOf, type WindowSourceOptions } from './batches.js';
export { calendarNames, calendarRows, type CalendarOptions } from './calendar/features.js';
export { collectPanelFacts, contextLengthOf, splitPanel } from './examples.js';
export { createMqRnn } from './models/mqrnn.js';
export { createSeq2Seq } from './models/seq2seq.js';
export { impute, type ImputationKind, type ImputeOptions } from './imputation.js';
export { applyScaling, fitScaling, invertScaling, type ScalingKind } from './scaling.js';
export { detectAnomalies, type DetectOptions, type ScoredPoint } from './anomalies.js';
export {
  calibrate,
  collectConformityScores,
  conformalForecaster,
  type CalibrationOptions,
  type ConformalCalibration,
  type ConformityScores,
} from './conformal.js';
export { createEnsemble } from './ensemble.js';
export { adaptiveForecaster } from './evaluation/adaptive-conformal.js';
export { createForecastModel, type ForecastModelOptions } from './model.js';
export { createForecastingTask, type ForecastingTaskOptions } from './task.js';
export { networkForecaster, type NetworkForecasterOptions } from './decode.js';
export {
  continuePanel,
  liveStateFile,
  loadLiveState,
  parseLiveState,
  saveLiveState,
  serializeLiveState,
} from './live-state.js';
export {
  loadForecastModel,
  loadSavedFacts,
  modelFiles,
  modelMetadata,
  parseForecastModel,
  saveForecastModel,
  serializeForecastModel,
  type SavedForecastModel,
} from './saved-model.js';
export { parsePanelFacts, serializePanelFacts } from './saved-facts.js';
export { compareForecasters, dieboldMariano, type Comparison, type DieboldMariano } from './comparison.js';
export { describeBacktest, reportColumns } from './report.js';
export { readPanel, type PanelSources, type ReadPanelResult } from './records.js';
export { configForFacts, matchPanel } from './match-panel.js';
