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
export { decodeTokens, generate, generateIds, type GenerateIdsOptions, type GenerateOptions } from './decode.js';
export { drawFrom, samplingDistribution, type SamplingOptions } from '@unroll/core';
export { scoreSentences, type ScoredToken, type SentenceScore } from './scoring.js';
export {
  loadLanguageModel,
  modelFiles,
  modelMetadata,
  parseLanguageModel,
  saveLanguageModel,
  serializeLanguageModel,
  type SavedLanguageModel,
} from './saved-model.js';
export { parseArpa, writeArpa } from './n-gram/arpa.js';
export { NGramModel, type NGramState, type NGramUnit } from './n-gram/n-gram-model.js';
export { evaluateNGramModel, sentenceLogProbability, type NGramScores } from './n-gram/perplexity.js';
export { nGramScorer } from './n-gram/scorer.js';
export { trainNGramModel, type NGramOptions } from './n-gram/train.js';
export {
  recurrentScorer,
  type RecurrentScorer,
  type RecurrentScorerOptions,
  type RecurrentState,
} from './recurrent-scorer.js';
export type { UnitScorer } from './symbol-scorer.js';
export { publishedScores, reportColumns, type PublishedScore } from './report.js';
export type { Codec, TokenCounts } from './tokenization/codec.js';
export { createCodec } from './tokenization/create-codec.js';
export { tokenizerNames, type TokenizerName } from '@unroll/text';
export { textOf, type TextSource } from '@unroll/core';
