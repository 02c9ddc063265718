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
