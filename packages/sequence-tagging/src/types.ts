import type { Parameters, RandomKey, Vocabulary } from '@unroll/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { SequenceTaggingConfig } from './config.js';
import type { SchemeName } from './schemes/scheme-names.js';

/** One sentence of a file. */
export interface Sentence {
  /** number from 1 of its first line, for messages */
  readonly line: number;
  readonly tokens: readonly string[];
  /** `[column][token]`, as the file has them; absent where the file has no tags */
  readonly tags?: readonly (readonly string[])[];
  /** `[column][token]` */
  readonly features: readonly (readonly string[])[];
  /** of running text, whose tokens are in lower case: `[token]` as the text has them */
  readonly written?: readonly string[];
}

/** A sentence that can be written back. */
export interface RawSentence extends Sentence {
  /**
   * The sentence as its file has it, all columns, comments and line ends, with further columns behind. Line ends included, and
   * what stands between it and the sentence before: empty lines, borders of documents.
   *
   * @param columns - `[column][token]`
   * @param names - `[column]`, which JSON lines, CoNLL-U and running text write or need; `tag`, `tag2`, … unless given
   */
  readonly write: (columns: readonly (readonly string[])[], names?: readonly string[]) => string;
}

/** Tokens `start` … `end` − 1 of one type. */
export interface Span {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** What is known of one column of tags, from the training split alone. */
export interface TagColumn {
  readonly name: string;
  /** of the files */
  readonly scheme: SchemeName;
  /** of `tags` */
  readonly trainedScheme: SchemeName;
  /** several labels a token: `tags` are labels, of which each is there or not */
  readonly multiLabel: boolean;
  /** of several labels: what parts them in the files; `|` unless set */
  readonly labelSeparator?: string | undefined;
  /** without unknown or padding; sorted by falling count */
  readonly tags: Vocabulary;
  /** of each in training */
  readonly counts: readonly number[];
}

/** What a model needs of its training data. */
export interface TaggingFacts {
  /** with `<unk>`; lower case and zeros as the configuration says */
  readonly words: Vocabulary;
  /** of each in training: 0 for those that only a file of vectors has */
  readonly wordCounts: readonly number[];
  /** with `<unk>`, by code point */
  readonly characters: Vocabulary;
  /** one for each of `model.suffixes`, with `<unk>` */
  readonly suffixes: readonly Vocabulary[];
  /** one for each of `data.features`, with `<unk>` */
  readonly features: readonly Vocabulary[];
  readonly columns: readonly TagColumn[];
  /** of running text: how words of mixed casing are written most often, `mcdonald` → `McDonald` (`collectMixedSpellings`) */
  readonly mixedSpellings?: Readonly<Record<string, string>>;
}

/** Ids of one sentence. */
export interface Example {
  readonly length: number;
  readonly words: Int32Array;
  /** numbers in the `Spellings` that it was made with */
  readonly spellings: Int32Array;
  readonly casing: Int32Array;
  /** `[suffix length][token]` */
  readonly suffixes: readonly Int32Array[];
  /** `[feature column][token]` */
  readonly features: readonly Int32Array[];
  /**
   * `[column]`: one tag a token `[token]`, −1 for a tag that training does not have; several labels `[token · labels]`, 0 or
   * 1. Absent where nothing is known.
   */
  readonly targets?: readonly Int32Array[];
}

/** Sentences padded to one length; plain arrays, time-major. What stands in padding is 0. */
export interface Batch {
  readonly timeSteps: number;
  readonly batchSize: number;
  /** `[batch]` */
  readonly lengths: Int32Array;
  /** real tokens */
  readonly count: number;
  /** `[time, batch]` */
  readonly words: Int32Array;
  /** absent for a model that reads no letters */
  readonly spellings?: BatchSpellings;
  /** `[time, batch]`; absent for a model that reads none */
  readonly casing?: Int32Array;
  /** `[suffix length]`, each `[time, batch]` */
  readonly suffixes: readonly Int32Array[];
  /** `[feature column]`, each `[time, batch]` */
  readonly features: readonly Int32Array[];
  /** `[column]`: `[time, batch]` with −1 where the tag is not known, or of several labels `[time, batch, labels]`; absent where nothing is known */
  readonly targets?: readonly Int32Array[];
}

/** The letters of a batch, each distinct spelling once: most tokens of a text repeat. */
export interface BatchSpellings {
  readonly timeSteps: number;
  /** distinct spellings of the batch */
  readonly size: number;
  /** `[letter, spelling]`, padded with 0 */
  readonly characters: Int32Array;
  /** `[spelling]`, at least 1 */
  readonly lengths: Int32Array;
  /** `[time, batch]`: which spelling a token has */
  readonly index: Int32Array;
}

export interface ForwardOptions {
  /** randomness of dropout; no dropout when absent */
  readonly key?: RandomKey | undefined;
}

export interface TagHead {
  readonly column: TagColumn;
  readonly parameters: Parameters;
  /**
   * Negative log-likelihood of the batch's targets, in nats; tokens whose tag is not known do not count.
   *
   * @param hidden - `[time, batch, width]`
   * @param targets - of this column, as `Batch.targets` has them
   */
  loss(hidden: tf.Tensor3D, batch: Pick<Batch, 'lengths'>, targets: Int32Array): tf.Scalar;
  /** The best tags of every sentence. */
  decode(hidden: tf.Tensor3D, batch: Pick<Batch, 'lengths'>, options?: DecodeOptions): readonly TagSequence[];
  /** Score of a token's tag before any softmax, for attribution. @returns `[time, batch, tags]` */
  emissions(hidden: tf.Tensor3D): tf.Tensor3D;
}

export interface DecodeOptions {
  /** wants `marginals` and `spanProbability` */
  readonly probabilities?: boolean | undefined;
  /** rows of tags to find, best first; 1 unless set */
  readonly nBest?: number | undefined;
}

/** What a head says of one sentence. */
export interface TagSequence {
  /** `[token]`, or of several labels `[token · labels]`, 0 or 1 */
  readonly ids: Int32Array;
  /** `[token · tags]`: p(tag of token | sentence); of several labels each label's own */
  readonly marginals?: Float64Array;
  /** p(the span is there, begins and ends here, and has this type | sentence), exact, over all rows of tags; absent for several labels */
  readonly spanProbability?: (span: Span) => number;
  /** with `nBest`: rows of tags and p(row | sentence), best first, `ids` among them */
  readonly alternatives?: readonly { readonly ids: Int32Array; readonly probability: number }[];
}

/** A recurrent tagger: words to vectors, both directions of time, one head a column. */
export interface TaggingModel {
  readonly config: SequenceTaggingConfig;
  readonly facts: TaggingFacts;
  /** trainable ones; frozen word vectors are in `frozen` */
  readonly parameters: Parameters;
  readonly frozen: Parameters;
  readonly heads: readonly TagHead[];
  /** what lies side by side in an input vector, in order: `words`, `characters`, `casing`, `suffixes.0` …, `features.0` … */
  readonly inputParts: readonly { readonly name: string; readonly size: number }[];
  /** What is known of each token. @returns `[time, batch, inputSize]`; the caller owns it */
  embed(batch: Batch, options?: ForwardOptions): tf.Tensor3D;
  /** What the recurrent layers make of it. @returns `[time, batch, width]`, zeros in padding; the caller owns it */
  encode(vectors: tf.Tensor3D, batch: Pick<Batch, 'lengths'>, options?: ForwardOptions): tf.Tensor3D;
  dispose(): void;
}

/** Networks and baselines alike. */
export interface Tagger {
  readonly name: string;
  readonly columns: readonly TagColumn[];
  /**
   * One prediction a sentence, in order. Sentences are taken in groups, so that a network computes many at once; with `streaming` each is
   * tagged before the next is asked for.
   */
  tag(sentences: Iterable<Sentence> | AsyncIterable<Sentence>, options?: TagOptions): AsyncIterable<Prediction>;
  /** frees tensors, where it holds any */
  dispose?(): void;
}

export interface TagOptions extends DecodeOptions {
  readonly streaming?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The tags of one sentence. */
export interface Prediction {
  readonly sentence: Sentence;
  /** by column of tags */
  readonly columns: readonly ColumnPrediction[];
}

export interface ColumnPrediction {
  /** `[token]` in the scheme of the files; several labels joined by the separator, sorted as in `TagColumn.tags` */
  readonly tags: readonly string[];
  /** `[token]`: p(its tag | sentence), in the trained scheme; of several labels the probability of exactly this set, were they independent */
  readonly probabilities?: Float64Array;
  /** with probabilities, of a column with spans: each with p(the span is there, begins and ends here, and has this type | sentence) */
  readonly spans?: readonly (Span & { readonly probability: number })[];
  /** `[token · tags]` of `TagColumn.tags` */
  readonly marginals?: Float64Array;
  readonly alternatives?: readonly { readonly tags: readonly string[]; readonly probability: number }[];
}

/** Scores of one column of tags. */
export interface TagScores {
  readonly tokens: number;
  /** share of tokens whose tag is right */
  readonly accuracy: number;
  /**
   * Of spans where the scheme has them, equal to conlleval's; of a column without spans, of all tags but `O` (micro-averaged),
   * of several labels, of labels. In 0 … 1.
   */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}
