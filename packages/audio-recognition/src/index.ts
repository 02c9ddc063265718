export { specAugment, type SpecAugmentOptions } from './augmentation/spec-augment.js';
export { augmentWaveform, type AugmentWaveformOptions } from './augmentation/waveform.js';
export { symbolTimes, type SymbolTimesOptions } from './alignment.js';
export {
  audioRecognitionConfigSchema,
  dataConfigSchema,
  parseAudioRecognitionConfig,
  type AudioRecognitionConfig,
  type AudioRecognitionConfigInput,
  type AugmentationConfig,
  type DataConfig,
  type DecodingConfig,
  type FeatureConfig,
  type ManifestFormat,
  type ModelConfig,
  type TaskName,
} from './config.js';
export { showAlignment } from './evaluation/alignment-text.js';
export {
  evaluateTranscripts,
  type CountedWord,
  type EvaluateTranscriptsOptions,
  type ScoredTranscript,
  type TranscriptError,
  type TranscriptEvaluation,
} from './evaluation/evaluate-transcripts.js';
export { alignTexts, countErrors, type AlignedWord, type ErrorCounts } from './evaluation/text-alignment.js';
export { transcriptScoresOf, transcriptStatistics } from './evaluation/transcript-errors.js';
export { createBeamSearch } from './search/beam-search.js';
export { createLexicon, type Lexicon } from './search/lexicon.js';
export type { BeamSearchOptions } from './search/search-options.js';
export {
  createTranscriptSearch,
  decodeTranscripts,
  type SearchOptions,
  type TranscriptSearch,
} from './search/transcript-search.js';
export {
  tuneLanguageWeights,
  type TunedWeights,
  type TuneOptions,
  type TunedUtterance,
  type WeightTrial,
} from './search/tune-language-weights.js';
export {
  blankSymbol,
  decodeTranscript,
  encodeTranscript,
  normalizeTranscript,
  symbolsOf,
  transcriptSymbols,
} from './transcripts.js';
export { recognitionLoss, transcriptionLoss, type TranscriptionTargets } from './loss.js';
export type * from './types.js';
export {
  classCounts,
  confusionOf,
  mostConfused,
  unknownClass,
  type ClassCounts,
  type Confusion,
  type Mistake,
} from './evaluation/confusion.js';
export { evaluateClasses, type EvaluateClassesOptions } from './evaluation/evaluate-classes.js';
export {
  createKeywordDetector,
  detectKeyword,
  type DetectOptions,
  type KeywordDetector,
} from './evaluation/keyword-detector.js';
export {
  keywordCurve,
  keywordScores,
  type KeywordCurveOptions,
  type KeywordPoint,
  type KeywordScores,
  type KeywordStream,
} from './evaluation/keywords.js';
export { macroF1, precisionRecall, type PrecisionRecall } from './evaluation/precision-recall.js';
export type * from './evaluation/result.js';
export {
  areaUnder,
  equalErrorRate,
  minimumDetectionCost,
  rocCurve,
  type DetectionCostOptions,
  type EqualErrorRate,
  type RocPoint,
} from './evaluation/roc.js';
export { bestClass, classScoresOf, classStatistics, rankOf } from './metrics.js';
export { classColumns, publishedScores, transcriptColumns, type PublishedScore, type ReportColumn } from './report.js';
export {
  collate,
  createBatchSource,
  inferenceBatches,
  type BatchSourceOptions,
  type InferenceBatch,
} from './batches.js';
export { createEmptyRecognitionModel, createRecognitionModel, type RecognitionModelOptions } from './model.js';
export { createRecognitionTask, type RecognitionTaskOptions } from './task.js';
export { decodeBatch, type Decoded } from './decode.js';
export { answerOf, collectAnswers, requireAnswers } from './examples.js';
export { compareVoices, enroll } from './voices.js';
export {
  prepareRecordings,
  type DropReason,
  type NamedRecordings,
  type PreparedRecordings,
  type PreparedSplit,
  type PrepareOptions,
  type RecordingSets,
} from './prepare-recordings.js';
export { parseRecognitionFacts, serializeRecognitionFacts } from './saved-facts.js';
export {
  loadRecognitionModel,
  modelArtifacts,
  modelFiles,
  modelMetadata,
  parseRecognitionModel,
  saveRecognitionModel,
  serializeRecognitionModel,
} from './saved-model.js';
export {
  openRecordings,
  splitRecordings,
  type RecordingList,
  type RecordingSplit,
  type SplitConfig,
} from './records.js';
export { encodings, type Encoding } from './audio/encodings.js';
export { pcmPieces, type PcmOptions } from './audio/pcm-pieces.js';
export { readSound, type ReadSound, type ReadSoundOptions } from './audio/read-sound.js';
export { createResampler, resample, type Resampler } from './audio/resample.js';
export { readSoundFormat, soundPieces, type PiecesOptions, type SoundPieces } from './audio/sound-pieces.js';
export { trimSilence, type TrimOptions } from './audio/trim-silence.js';
export {
  createSpeechDetector,
  speechSegments,
  type SpeechDetector,
  type SpeechOptions,
  type SpeechSegment,
} from './audio/voice-activity.js';
export type { SoundFormat } from './audio/wav-header.js';
export { writeWav } from './audio/write-wav.js';
export { createFeatures, type FeatureExtractor } from './features/extractor.js';
export { createFeatureStream } from './features/feature-stream.js';
export { createStatistics, fitNormalization, normalize, type FeatureStatistics } from './features/normalization.js';
export { createLiveRecognizer, type LiveOptions } from './live.js';
export { createRecognizer } from './recognizer.js';
export { findPreset, presets, type PresetName } from './presets/index.js';
