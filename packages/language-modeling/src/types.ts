import type { CarriedState, Parameters, RandomKey, Stepper, Vocabulary } from '@unroll/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { LanguageModelConfig } from './config.js';

/** Ids of tokens in the smallest array that holds the vocabulary: 1 byte up to 256 tokens, 2 up to 65,536, else 4. */
export type TokenIds = Uint8Array | Uint16Array | Int32Array;

/** One split of a text as one long row of tokens. */
export interface TokenStream {
  /** for messages: a file or a dataset's split */
  readonly name: string;
  readonly ids: TokenIds;
  /** Unicode code points of the text that the tokens were made from, white space and line breaks included */
  readonly characters: number;
}

export interface TokenSplits {
  readonly train: TokenStream;
  readonly valid: TokenStream;
  readonly test?: TokenStream;
}

/** A text that is ready for a model. */
export interface PreparedText {
  /** fitted on the training split alone */
  readonly vocabulary: Vocabulary;
  readonly splits: TokenSplits;
}

/** One window of `batchSize` parallel streams; plain arrays, time-major. */
export interface Batch {
  readonly timeSteps: number;
  readonly batchSize: number;
  /** `[time, batch]` */
  readonly inputs: Int32Array;
  /** `[time, batch]`: the token after each input */
  readonly targets: Int32Array;
  /** `[time, batch]`, 0 where a stream has ended; absent when all are real */
  readonly mask?: Float32Array;
  /** real targets */
  readonly count: number;
  /** of the window that this is a piece of: the time step at which it begins; 0 unless set */
  readonly firstStep?: number;
}

export interface ForwardOptions {
  /** what an earlier call returned; zeros when absent. Not disposed here. */
  readonly state?: CarriedState;
  /** randomness of dropout; no dropout when absent */
  readonly key?: RandomKey;
  /** time steps of the window that came before these; their numbers of `key` are passed over. 0 unless set */
  readonly firstStep?: number;
}

/** A recurrent language model: p(next token | all tokens before it). */
export interface LanguageModel {
  readonly config: LanguageModelConfig;
  readonly vocabularySize: number;
  readonly parameters: Parameters;

  /**
   * The last layer's output at every step.
   *
   * @param inputs - int32 `[time, batch]`
   * @returns `hidden` `[time, batch, width]`, `state` after the last step; the caller owns both
   */
  forward(inputs: tf.Tensor2D, options?: ForwardOptions): { hidden: tf.Tensor3D; state: CarriedState };

  /** Unnormalised log scores of every token. @param hidden - `[rows, width]` @returns `[rows, vocabularySize]` */
  logits(hidden: tf.Tensor2D): tf.Tensor2D;

  /**
   * Cross-entropy of the next tokens, without keeping the logits.
   *
   * @param hidden - `[rows, width]`
   * @param targets - int32 `[rows]`
   * @param mask - `[rows]`, 0 = does not count
   * @returns `sum` and `count` over rows (scalars) and `losses` `[rows]`, in nats
   */
  crossEntropy(
    hidden: tf.Tensor2D,
    targets: tf.Tensor1D,
    mask?: tf.Tensor1D,
  ): { sum: tf.Scalar; count: tf.Scalar; losses: tf.Tensor1D };

  /**
   * One token at a time from an empty state, from ids to logits `[batch, vocabularySize]`, with the weights of this
   * moment. The caller disposes it.
   *
   * @param batchSize - 1 unless given
   */
  createStepper(batchSize?: number): Stepper;

  dispose(): void;
}

/** How well a model predicts a text. */
export interface LanguageModelScores {
  /** predicted tokens: all but the first, which nothing precedes */
  readonly tokens: number;
  /** mean negative log-probability of a token, in nats */
  readonly lossNats: number;
  /** exp(lossNats) */
  readonly perplexity: number;
  /** lossNats / ln 2 · tokens per character of the text: comparable between word and character models */
  readonly bitsPerCharacter: number;
}
