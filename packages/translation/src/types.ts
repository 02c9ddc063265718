import type { LabelSmoothing, Parameters, RandomKey, Vocabulary } from '@unroll/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { TranslationConfig } from './config.js';

/** Two texts that belong together, normalised as the configuration says. */
export interface TextPair {
  /** number from 1, for messages */
  readonly line: number;
  readonly source: string;
  readonly target: string;
}

/** What is known of one side, from the training split alone. */
export interface SideFacts {
  /** with `<pad>` = 0, `<unk>`, `<s>` and `</s>` */
  readonly vocabulary: Vocabulary;
  /** byte-pair merges in order, both parts of each; empty for words and characters */
  readonly merges: readonly (readonly [string, string])[];
}

/** What a model needs of its training data; a joint vocabulary is one object on both sides. */
export interface TranslationFacts {
  readonly source: SideFacts;
  readonly target: SideFacts;
}

/** Text to tokens and back, of one side. */
export interface Segmenter {
  readonly vocabulary: Vocabulary;
  /** @param key - of byte-pair dropout; none without */
  tokens(text: string, key?: RandomKey): readonly string[];
  /** ids, without `<s>` and `</s>` */
  encode(text: string, key?: RandomKey): Int32Array;
  /** the text of tokens: subwords joined, and words as they stood */
  join(tokens: readonly string[]): string;
}

/** Ids of one pair. */
export interface Example {
  /** with `</s>` */
  readonly source: Int32Array;
  /** with `</s>`; absent where there is nothing to learn from */
  readonly target?: Int32Array;
  /**
   * Of a model that copies: ids of the target side for each token of the source. Those that the target vocabulary lacks have
   * numbers from its size on, by first occurrence in this sentence. `target` then holds such numbers, too.
   */
  readonly sourceInTarget?: Int32Array;
}

/** Pairs padded to one length; plain arrays, time-major. What stands in padding is 0. */
export interface Batch {
  readonly batchSize: number;
  readonly source: SourceBatch;
  readonly target: TargetBatch;
  /** real target tokens, `</s>` among them */
  readonly count: number;
  /** epoch of training from 0, for what changes with it; absent in evaluation */
  readonly epoch?: number;
  /** the texts, in evaluation, for scores of what a model writes itself */
  readonly pairs?: readonly TextPair[];
}

export interface SourceBatch {
  readonly timeSteps: number;
  readonly batchSize: number;
  /** `[time, batch]` */
  readonly ids: Int32Array;
  /** `[batch]`, at least 1 */
  readonly lengths: Int32Array;
  /** `[time, batch]`, as `Example.sourceInTarget` */
  readonly inTarget?: Int32Array;
}

export interface TargetBatch {
  readonly timeSteps: number;
  /** `[time, batch]`: `<s>`, then the target without its last token */
  readonly inputs: Int32Array;
  /** `[time, batch]`: the target with `</s>` */
  readonly targets: Int32Array;
  /** `[batch]` */
  readonly lengths: Int32Array;
}

export interface ForwardOptions {
  /** randomness of dropout; no dropout when absent */
  readonly key?: RandomKey | undefined;
}

/** What a decoder reads of its sources; tensors, owned by whoever called `encode`. */
export interface EncodedSource {
  readonly source: SourceBatch;
  /** `[source time, batch, width]`, zeros in padding */
  readonly states: tf.Tensor3D;
  /** what the attention compares with: `[source time, batch, attention size]`; absent without attention */
  readonly keys?: tf.Tensor3D;
  /** of the decoder before its first step */
  readonly initial: DecoderState;
}

/** All that a decoder carries from step to step, by name; the first axis of each tensor is rows. */
export type DecoderState = Readonly<Record<string, tf.Tensor>>;

export interface DecodedTarget {
  /** what the output layer reads: `[target time, batch, width]` */
  readonly hidden: tf.Tensor3D;
  /** `[target time, batch, source time]`; absent without attention, or where nobody asked */
  readonly attention?: tf.Tensor3D;
  /** of copying: log-odds of writing a token of one's own, `[target time, batch, 1]` */
  readonly generate?: tf.Tensor3D;
  /** sum over the batch; absent without coverage */
  readonly coverageLoss?: tf.Scalar;
}

/** A recurrent encoder and decoder with attention: p(target | source), token by token. */
export interface TranslationModel {
  readonly config: TranslationConfig;
  readonly facts: TranslationFacts;
  readonly parameters: Parameters;
  /** The caller owns the tensors. */
  encode(source: SourceBatch, options?: ForwardOptions): EncodedSource;
  /** The decoder over given targets. @param inputs - as `TargetBatch.inputs` */
  decode(
    encoded: EncodedSource,
    target: Pick<TargetBatch, 'timeSteps' | 'inputs' | 'lengths'>,
    options?: ForwardOptions & { readonly wantsAttention?: boolean },
  ): DecodedTarget;
  /**
   * Negative log-likelihood of the targets, in nats; with `labelSmoothing` against (1 − ε)·onehot + ε / V.
   *
   * @returns `sum`, a scalar with gradient, and `losses` `[target time · batch]` without
   */
  crossEntropy(
    encoded: EncodedSource,
    decoded: DecodedTarget,
    target: TargetBatch & LabelSmoothing,
  ): { readonly sum: tf.Scalar; readonly losses: tf.Tensor1D };
  /**
   * One step of several hypotheses a sentence: row r belongs to sentence r mod batch of the encoded source, so rows are
   * `[hypothesis, batch]`.
   *
   * @param ids - `[rows]`, the last token of each; one that was copied and is not in the vocabulary counts as `<unk>`
   * @param state - of the rows; `encoded.initial` repeated at first
   * @returns log-probabilities `[rows, vocabulary]` (of copying: `[rows, vocabulary + most copied words of a sentence]`), the
   * next state and `attention` `[rows, source time]`; the caller owns them
   */
  step(
    encoded: EncodedSource,
    ids: Int32Array,
    state: DecoderState,
  ): {
    readonly logProbabilities: tf.Tensor2D;
    readonly state: DecoderState;
    readonly attention?: tf.Tensor2D;
  };
  dispose(): void;
}

/** One way to write a sentence. */
export interface Hypothesis {
  /** without `</s>` */
  readonly tokens: readonly string[];
  readonly text: string;
  /** log p(tokens and `</s>` | source), in nats; without `</s>` where the limit of length ended it */
  readonly logProbability: number;
  /** what hypotheses are ordered by: with normalisation and penalties */
  readonly score: number;
  /** ended by `</s>`, not by the limit of length */
  readonly finished: boolean;
  /** log p of each token, and of `</s>` where it ended by it */
  readonly tokenLogProbabilities: Float64Array;
  /** `[token and </s>][source token and </s>]`; absent without attention, or where nobody asked */
  readonly attention?: readonly Float32Array[];
}

export interface Translation {
  readonly source: string;
  /** tokens that the model read, with `</s>` */
  readonly sourceTokens: readonly string[];
  /** best first, at least one */
  readonly hypotheses: readonly Hypothesis[];
}

export interface TranslateOptions {
  /** over the configuration's own */
  readonly decoding?: Partial<TranslationConfig['decoding']> | undefined;
  /** hypotheses of each sentence, at most `beam`; 1 unless set */
  readonly nBest?: number | undefined;
  /** `Hypothesis.attention` is wanted */
  readonly attention?: boolean | undefined;
  /** draws instead of searching: from the most probable tokens */
  readonly sampling?:
    | {
        readonly temperature?: number | undefined;
        /** 0 = all */
        readonly topK?: number | undefined;
        /** 1 = all */
        readonly topP?: number | undefined;
        readonly key: RandomKey;
      }
    | undefined;
  /** texts that the translations begin with, one a sentence */
  readonly prefixes?: readonly string[] | undefined;
  /** each sentence is translated before the next is asked for */
  readonly streaming?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One model, or several that agree on every token. */
export interface Translator {
  readonly name: string;
  /** One translation a text, in order. Texts are taken in groups, so that many are computed at once. */
  translate(texts: Iterable<string> | AsyncIterable<string>, options?: TranslateOptions): AsyncIterable<Translation>;
}

/** How well a model translates a split. */
export interface TranslationScores {
  readonly sentences: number;
  /** 0 … 100, as sacreBLEU computes it */
  readonly bleu: number;
  /** of `bleu`, as sacreBLEU writes it */
  readonly signature: string;
  readonly chrf: number;
  readonly ter: number;
  /** exp of the mean negative log-probability of a target token; absent for text that no model wrote */
  readonly perplexity?: number;
}
