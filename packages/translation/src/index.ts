export * from './config.js';
export { findPreset, presets, type PresetName } from './presets/index.js';
export { translationLoss } from './loss.js';
export { createTranslationModel, type TranslationModelOptions } from './model.js';
export { createTranslationTask, type TranslationTaskOptions } from './task.js';
export type * from './types.js';
export {
  cleanPairs,
  describeDropped,
  dropEmptyPairs,
  dropReasons,
  type CleanedPairs,
  type DropReason,
} from './cleaning.js';
export { normalizeText } from './formats/normalize-text.js';
export {
  describePairFile,
  openPairs,
  openSources,
  pairSources,
  readPairs,
  type PairFile,
  type PairSources,
  type SourceFile,
} from './records.js';
export * from './metrics.js';
export { createBleu, type BleuOptions, type BleuScore, type BleuSmoothing } from './evaluation/bleu.js';
export { createChrf, type ChrfOptions } from './evaluation/chrf.js';
export { createTer, type TerOptions } from './evaluation/ter.js';
export { metricTokenizerNames, metricTokens, type MetricTokenizerName } from './evaluation/tokenizers.js';
export { sacrebleuVersion, type ReferenceCount } from './evaluation/signature.js';
export {
  corpusScore,
  countReferences,
  sentenceScore,
  statisticsOf,
  type MetricScore,
  type Reference,
  type SignedScore,
  type TranslationMetric,
} from './evaluation/translation-metric.js';
export {
  createBatch,
  createBatchSource,
  sourceBatch,
  targetBatch,
  type BatchSourceOptions,
  type EncodedPairs,
} from './batches.js';
export { collectFacts, encodeExample, encodeSource, type EncodedText, type EncodeOptions } from './examples.js';
export {
  preparePairs,
  type NamedPairs,
  type PairSets,
  type PreparedPairs,
  type PreparedSplit,
} from './prepare-pairs.js';
export { createSegmenter, createSegmenters, type Segmenters } from './tokenization/create-segmenter.js';
export { specialTokens } from './tokenization/special-tokens.js';
export { averageCheckpoints, type NamedWeights } from './checkpoints.js';
export { networkTranslator, type NetworkTranslatorOptions } from './decode.js';
export { traceBeam, type BeamNode, type BeamTrace } from './search/beam-trace.js';
export { perplexityOf, scoreTranslations, type PairScore, type ScoringOptions } from './search/score-translations.js';
export { factFiles, parseTranslationFacts, serializeTranslationFacts } from './saved-facts.js';
export {
  loadTranslationModel,
  modelArtifacts,
  modelFileNames,
  modelFiles,
  modelMetadata,
  parseTranslationModel,
  saveTranslationModel,
  serializeTranslationModel,
} from './saved-model.js';
export {
  compareTranslations,
  type CompareTranslationsOptions,
  type MetricComparison,
  type SystemTexts,
  type TranslationComparison,
} from './evaluation/comparison.js';
export { countWords } from './evaluation/by-frequency.js';
export { describeDifference, textDifference, type DifferencePart } from './evaluation/difference.js';
export { evaluateTranslator, type EvaluateTranslatorOptions } from './evaluation/evaluate-translator.js';
export { judgeTexts, type JudgeOptions, type TranslatedTexts } from './evaluation/judge-texts.js';
export type * from './evaluation/result.js';
export { evaluationSections, reportColumns, type EvaluationSectionsOptions } from './report.js';
