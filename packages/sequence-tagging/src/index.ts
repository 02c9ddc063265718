export * from './config.js';
export { findPreset, presets, type PresetName } from './presets/index.js';
export { schemeNames, type SchemeName } from './schemes/scheme-names.js';
export type * from './types.js';
export {
  addStatistics,
  mainScore,
  noStatistics,
  sameTag,
  scoredItems,
  scoresOfStatistics,
  tagStatistics,
  type ScoredColumn,
  type TagStatistics,
} from './metrics.js';
export { convertTags, tagsOf, type ConvertedTags } from './schemes/convert.js';
export { describeScheme, detectScheme, inspectScheme, type DetectedScheme } from './schemes/detect.js';
export { cellOfLabels, labelsOf, noLabels } from './schemes/labels.js';
export { spansOf } from './schemes/spans.js';
export { allowedTransitions, type AllowedTransitions } from './schemes/transitions.js';
export { createBatchSource, inferenceBatches, type BatchSourceOptions, type InferenceBatch } from './batches.js';
export {
  collectFacts,
  encodeSentences,
  type EncodedSentences,
  type EncodeOptions,
  type PretrainedWords,
} from './examples.js';
export {
  prepareSentences,
  type PreparedSentences,
  type PreparedSplit,
  type PrepareOptions,
  type SentenceSets,
} from './prepare-sentences.js';
export { parseTaggingFacts, serializeTaggingFacts } from './saved-facts.js';
export {
  loadTaggingModel,
  modelArtifacts,
  modelFiles,
  modelMetadata,
  parseTaggingModel,
  saveTaggingModel,
  serializeTaggingModel,
} from './saved-model.js';
export { Spellings } from './spellings.js';
export type { SentenceSet } from './tag-columns.js';
export { casingClasses, casingOf, lettersOf, suffixOf, wordKey, type CasingClass } from './word-features.js';
export { createWordVectors, readWordVectors, type PretrainedVectors, type WordVectors } from './word-vectors.js';
export {
  describeSentenceFile,
  openSentences,
  readSentences,
  resolveDataConfig,
  sentencesOf,
  type OpenOptions,
  type SentenceFile,
} from './records.js';
export { restoreText, type RestoreOptions } from './restoration/restore.js';
export { collectMixedSpellings } from './restoration/spellings.js';
export { casingTags, punctuationMarks, restorationColumns } from './restoration/tags.js';
export { evaluateTagger, type EvaluateTaggerOptions } from './evaluation/evaluate-tagger.js';
export type * from './evaluation/result.js';
export {
  compareTaggers,
  compareWithBest,
  type CompareOptions,
  type TaggerComparison,
} from './evaluation/comparison.js';
export { confusionOfWorst, mostConfused, type Mistake } from './evaluation/confusion.js';
export { knownWords } from './evaluation/known-words.js';
export { errorContext, evaluationSections, reportColumns, type EvaluationSectionsOptions } from './report.js';
export { attribute, type Attribution, type AttributionOptions } from './attribution.js';
export { networkTagger } from './decode.js';
export { columnScores, taggingLoss } from './loss.js';
export { createEmptyTaggingModel, createTaggingModel, type TaggingModelOptions } from './model.js';
export { createTaggingTask, decisiveScore, type SequenceTaggingTaskOptions } from './task.js';
export {
  checkSentences,
  describeFindings,
  type CheckOptions,
  type CheckSets,
  type ColumnCheck,
  type DataCheck,
  type SplitCheck,
} from './data-check.js';
export type { Finding, Place, Severity } from './data-check/finding.js';
export {
  baselineNames,
  baselinesFor,
  createBaseline,
  fitsColumn,
  type BaselineName,
  type BaselineOptions,
} from './baselines/create-baseline.js';
