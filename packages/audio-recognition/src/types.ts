import type { ByteSource, Parameters, RandomKey, Vocabulary } from '@unroll/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { AudioRecognitionConfig, TaskName } from './config.js';
import type { FeatureStatistics } from './features/normalization.js';

/** Sound in memory: one channel, full scale is −1 … 1. */
export interface Sound {
  readonly samples: Float32Array;
  /** in hertz */
  readonly sampleRate: number;
}

/** Where a sound lies and what is known of it; nothing is read yet. */
export interface Recording {
  /** path as the folder or manifest has it; with `start` where a file holds several */
  readonly name: string;
  /** row of a manifest, from 1, for messages */
  readonly line?: number;
  readonly file: ByteSource;
  /** in seconds; the whole file unless given */
  readonly start?: number;
  readonly end?: number;
  readonly label?: string;
  readonly transcript?: string;
  readonly speaker?: string;
  readonly take?: string;
}

/** What a model needs of its training data. */
export interface RecognitionFacts {
  readonly task: TaskName;
  /** in hertz; all sound is resampled to it */
  readonly sampleRate: number;
  /** of one frame, after deltas and splicing */
  readonly featureSize: number;
  /** of classify: labels, sorted; of speaker: speakers; empty of transcribe. No special ids */
  readonly classes: Vocabulary;
  /** of transcribe: `<blank>` = 0, then characters or words */
  readonly symbols: Vocabulary;
  /** of each feature over the training split, with `features.normalization` global */
  readonly mean?: Float32Array;
  readonly deviation?: Float32Array;
}

/** Numbers of one recording. */
export interface Example {
  readonly name: string;
  readonly frames: number;
  /** `[frame, feature]`, normalised, without augmentation */
  readonly features: Float32Array;
  /** at the model's rate; kept where the waveform is augmented in training */
  readonly samples?: Float32Array;
  /** of its speaker, where features are normalised by speaker */
  readonly statistics?: FeatureStatistics;
  /** class of classify and speaker; −1 for one that training does not have; absent where nothing is known */
  readonly target?: number;
  /** of transcribe: ids of `symbols`, never the blank; absent where nothing is known */
  readonly symbols?: Int32Array;
}

/** Recordings padded to one length; plain arrays, time-major. What stands in padding is 0. */
export interface Batch {
  readonly timeSteps: number;
  readonly batchSize: number;
  /** `[batch]`, frames */
  readonly lengths: Int32Array;
  /** `[time, batch, feature]` */
  readonly features: Float32Array;
  /** what the loss runs over: recordings of classify and speaker, symbols of transcribe (at least 1 a recording) */
  readonly count: number;
  /** `[batch]`, −1 where unknown; absent where nothing is known */
  readonly targets?: Int32Array;
  /** `[batch]`; absent where nothing is known */
  readonly symbols?: readonly Int32Array[];
}

export interface ForwardOptions {
  /** randomness of dropout, and batch statistics for batch normalisation; neither when absent */
  readonly key?: RandomKey | undefined;
}

/** What the recurrent layers make of a batch. */
export interface EncodedSound {
  /** `[time, batch, width]`, zeros in padding; strides of convolutions and splicing have made it shorter */
  readonly hidden: tf.Tensor3D;
  /** `[batch]`, of `hidden` */
  readonly lengths: Int32Array;
  /** with a key, of a model with batch normalisation: what `RecognitionModel.buffers` are after the batch, for `LossResult.buffers` */
  readonly buffers?: Readonly<Record<string, tf.Tensor>>;
}

/** Frames to hidden vectors, and these to classes, symbols or a voice. Callers own all returned tensors. */
export interface RecognitionModel {
  readonly config: AudioRecognitionConfig;
  readonly facts: RecognitionFacts;
  readonly parameters: Parameters;
  /** running statistics of batch normalisation: saved with the weights, moved by training, without a gradient */
  readonly buffers: Parameters;
  /** seconds from one step of `hidden` to the next */
  readonly stepSeconds: number;
  encode(
    batch: Pick<Batch, 'features' | 'lengths' | 'timeSteps' | 'batchSize'>,
    options?: ForwardOptions,
  ): EncodedSound;
  /** of transcribe: before the softmax. @returns `[time, batch, symbols]` */
  symbolLogits(encoded: EncodedSound, options?: ForwardOptions): tf.Tensor3D;
  /** of classify and speaker: one vector a recording, of speaker the embedding. @returns `[batch, width]` */
  pool(encoded: EncodedSound, options?: ForwardOptions): tf.Tensor2D;
  /** of classify and speaker: before the softmax. @returns `[batch, classes]` */
  classLogits(pooled: tf.Tensor2D): tf.Tensor2D;
  /**
   * Of a model that is not bidirectional: one recording whose frames come in pieces. The weights are those of this moment.
   *
   * @throws {ConfigError} `config/streaming` for a model that reads later frames
   */
  stream(): ModelStream;
  /**
   * Of classify and speaker: `pool` of the steps so far.
   *
   * @throws {ConfigError} `config/streaming` for a pooling that needs the whole
   */
  runningPool(): RunningVector;
  dispose(): void;
}

/** One vector of steps that come in pieces. */
export interface RunningVector {
  /** @param hidden - `[step, width]` of a `ModelStream` */
  push(hidden: Float32Array): void;
  /** @returns `[1, width]`; the caller owns it */
  vector(): tf.Tensor2D;
}

/** Frames to steps of a model a piece at a time: those of the whole, and what is kept between does not grow. The caller disposes it. */
export interface ModelStream {
  /**
   * @param features - `[frame, feature]`
   * @returns `[step, width]`, of transcribe the logits of symbols, else hidden vectors; perhaps no step where strides wait for further frames
   */
  push(features: Float32Array): Float32Array;
  dispose(): void;
}

/** Sound to features a piece at a time; pieces of any length give the same frames as the whole. */
export interface FeatureStream {
  /** @returns `[frame, feature]` of the frames that are complete now, normalised */
  push(samples: Float32Array): Float32Array;
  /** the frames at the end */
  end(): Float32Array;
}

/** Scores of symbols that were written before, for prefix beam search; states are values. */
export interface SymbolScorer<State = unknown> {
  readonly name: string;
  /** whether units are words (scored when a word is complete) or the symbols of the model themselves */
  readonly unit: 'word' | 'symbol';
  start(): State;
  /** computes at once what `score` will be asked of these states, where that is cheaper than one by one */
  prepare?(states: readonly State[]): void;
  /** natural logarithms of p(unit | state) for each of `units`, and the states after them */
  score(state: State, units: readonly string[]): readonly { readonly logProbability: number; readonly state: State }[];
  /** ln p(end | state) */
  end(state: State): number;
}

/** One text that a recording may have. */
export interface Transcript {
  readonly text: string;
  /** ids of `symbols` */
  readonly ids: Int32Array;
  /** natural logarithm of what the search ranks by: CTC, language model and bonus */
  readonly score: number;
  /** ln p(text | sound) of the CTC model alone, over the alignments that the search followed */
  readonly logProbability: number;
}

/** When each symbol was said: the most likely alignment. */
export interface SymbolTime {
  readonly symbol: string;
  /** in seconds */
  readonly start: number;
  readonly end: number;
  /** mean probability over its frames */
  readonly probability: number;
}

/** What a model says of one recording. */
export interface Recognition {
  readonly name: string;
  readonly seconds: number;
  /** of classify and speaker: p(class), of `facts.classes` */
  readonly probabilities?: Float32Array;
  /** of speaker, length 1 */
  readonly embedding?: Float32Array;
  /** of transcribe, best first */
  readonly transcripts?: readonly Transcript[];
  /** of the best transcript, where asked */
  readonly times?: readonly SymbolTime[];
  /** of transcribe, where asked: `[step, symbols]` natural logarithms of probabilities */
  readonly posteriors?: Float32Array;
  /** what was found on the way: clipping, silence, another sample rate, NaN; a line each */
  readonly warnings: readonly string[];
}

export interface RecognizeOptions {
  readonly beam?: number | undefined;
  readonly nBest?: number | undefined;
  readonly languageModel?: SymbolScorer | undefined;
  readonly languageWeight?: number | undefined;
  readonly insertionBonus?: number | undefined;
  /** words that may be written, one a line */
  readonly lexicon?: readonly string[] | undefined;
  readonly times?: boolean | undefined;
  readonly posteriors?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Recognizer {
  readonly facts: RecognitionFacts;
  /** One result a recording, in order; several are computed at once. */
  recognize(
    recordings: Iterable<Recording> | AsyncIterable<Recording>,
    options?: RecognizeOptions,
  ): AsyncIterable<Recognition>;
  /** A result that grows while sound comes. @throws {ConfigError} `config/streaming` for a model that reads later frames */
  live(options?: RecognizeOptions & { readonly sampleRate?: number | undefined }): LiveRecognizer;
  /** frees tensors */
  dispose(): void;
}

export interface LiveRecognizer {
  /** @param samples - at `sampleRate` of the options. @returns the result so far */
  push(samples: Float32Array): Recognition;
  /** equal to that of the whole recording; frees what the stream held */
  end(): Recognition;
}

/** Of classify and speaker. */
export interface ClassScores {
  readonly clips: number;
  /** in 0 … 1 */
  readonly accuracy: number;
  /** share whose label is among the five most likely, of more than five classes */
  readonly top5?: number;
  /** mean over classes */
  readonly macroF1: number;
}

/** Of transcribe; shares of the reference's length, which can be above 1. */
export interface TranscriptScores {
  readonly utterances: number;
  readonly wer: number;
  readonly cer: number;
  /** over digits alone, where every reference word is a digit or a word for one */
  readonly der?: number;
  /** share of utterances without an error */
  readonly exact: number;
}
