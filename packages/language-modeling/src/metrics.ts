import { DataError, type CarriedState } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LanguageModel, LanguageModelScores, TokenIds, TokenStream } from './types.js';

export interface EvaluationOptions {
  /**
   * Tokens that are read at once; changes memory and speed, never the result, because the state is carried on. As many
   * as 4 million logits hold unless set.
   */
  readonly segmentLength?: number;
  /** after each segment, with the share that is done, 0 … 1 */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * How well a model predicts a text, read as one stream: the state is carried from its first token to its last, as with
 * batch size 1. Line ends count as tokens where the model has a token for them.
 *
 * `bitsPerCharacter` divides the information of all tokens by the characters (Unicode code points) of the text they
 * were made from, white space and line breaks included. So a word model's figure can stand beside a character model's
 * where both read the same text without loss; words that became `<unk>` flatter a word model.
 *
 * @throws {DataError} `data/empty` for fewer than two tokens
 * @throws the signal's reason when aborted
 */
export async function evaluateLanguageModel(
  model: LanguageModel,
  tokens: TokenStream,
  options: EvaluationOptions = {},
): Promise<LanguageModelScores> {
  if (tokens.ids.length < 2) {
    const message = `${tokens.name} has ${tokens.ids.length} tokens; at least two are needed to predict one`;
    throw new DataError('data/empty', message);
  }
  let sum = 0;
  for await (const losses of segmentLosses(model, tokens.ids, options)) {
    for (const loss of losses) sum += loss;
  }
  const count = tokens.ids.length - 1;
  const lossNats = sum / count;
  return {
    tokens: count,
    lossNats,
    perplexity: Math.exp(lossNats),
    bitsPerCharacter: bitsPerCharacter(lossNats, tokens),
  };
}

/**
 * ln p(token | all tokens before it) of every token but the first.
 *
 * @returns `[ids.length − 1]`, in nats: entry i belongs to token i + 1
 */
export async function tokenLogProbabilities(
  model: LanguageModel,
  ids: TokenIds,
  options: EvaluationOptions = {},
): Promise<Float32Array> {
  const result = new Float32Array(Math.max(0, ids.length - 1));
  let position = 0;
  for await (const losses of segmentLosses(model, ids, options)) {
    result.set(
      losses.map((loss) => -loss),
      position,
    );
    position += losses.length;
  }
  return result;
}

/** lossNats / ln 2 · tokens / characters. @param lossNats - mean per token */
export function bitsPerCharacter(
  lossNats: number,
  { ids, characters }: Pick<TokenStream, 'ids' | 'characters'>,
): number {
  return (lossNats / Math.LN2) * (ids.length / characters);
}

/** The losses of one stream, segment by segment. */
async function* segmentLosses(
  model: LanguageModel,
  ids: TokenIds,
  { segmentLength = defaultSegmentLength(model), onProgress, signal }: EvaluationOptions,
): AsyncIterable<Float32Array> {
  const last = ids.length - 1;
  let state: CarriedState | undefined;
  try {
    for (let from = 0; from < last; from += segmentLength) {
      signal?.throwIfAborted();
      const to = Math.min(from + segmentLength, last);
      const next = scoreSegment(model, Int32Array.from(ids.subarray(from, to + 1)), state);
      if (state) tf.dispose(Object.values(state));
      ({ state } = next);
      yield next.losses;
      onProgress?.(to / last);
      await tf.nextFrame(); // lets signals and timers have their turn
    }
  } finally {
    if (state) tf.dispose(Object.values(state));
  }
}

function scoreSegment(model: LanguageModel, window: Int32Array, previous: CarriedState | undefined) {
  const length = window.length - 1;
  let losses: Float32Array = new Float32Array();
  const state = tf.tidy(() => {
    const inputs = tf.tensor2d(window.subarray(0, length), [length, 1], 'int32');
    const { hidden, state } = model.forward(inputs, previous && { state: previous });
    const targets = tf.tensor1d(window.subarray(1), 'int32');
    losses = model
      .crossEntropy(tf.reshape(hidden, [length, -1]), targets)
      .losses.dataSync<'float32'>()
      .slice();
    return state;
  });
  return { losses, state };
}

function defaultSegmentLength({ vocabularySize }: LanguageModel): number {
  return Math.max(16, Math.min(1024, Math.floor(4e6 / vocabularySize)));
}
