export {
  languageModelConfigSchema,
  type LanguageModelConfig,
  type LanguageModelConfigInput,
  type ModelConfig,
  type TextConfig,
} from './config.js';
export { findPreset, parseLanguageModelConfig, presets, type PresetName } from './presets/index.js';
export type {
  Batch,
  ForwardOptions,
  LanguageModel,
  LanguageModelScores,
  PreparedText,
  TokenIds,
  TokenSplits,
  TokenStream,
} from './types.js';
export { createLanguageModel } from './model.js';
export { createLanguageModelingTask, type LanguageModelingTaskOptions } from './task.js';
export { createBatchSource, type BatchSizes } from './batches.js';
export { encodeText, prepareText, type OnProgress, type RawSplits } from './examples.js';
export { evaluateLanguageModel, tokenLogProbabilities, type EvaluationOptions } from './metrics.js';
export { languageModelLoss } from './loss.js';
