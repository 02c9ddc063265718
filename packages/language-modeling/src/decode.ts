import { DataError, deriveKey, uniform, type CarriedState, type RandomKey, type Vocabulary } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkSampling, drawFrom, samplingDistribution, type SamplingOptions } from './sampling.js';
import type { Codec } from './tokenization/codec.js';
import { createCodec } from './tokenization/create-codec.js';
import type { LanguageModel } from './types.js';

export interface GenerateOptions extends SamplingOptions {
  /** what the text begins with; the start of a line when absent or empty */
  readonly prompt?: string | undefined;
  /** tokens to write */
  readonly length: number;
  /** of the draws: the same key writes the same text */
  readonly key: RandomKey;
  /** also writes the token for unknown words; false unless set */
  readonly allowUnknown?: boolean | undefined;
}

/**
 * Writes text after a prompt, token by token: the prompt is read once, then each token is one step of the model from
 * the state after the one before. Yields what each token adds, without the prompt; leaving the loop early frees all.
 *
 * Words of the prompt that the vocabulary lacks are read as `<unk>`.
 *
 * @throws {DataError} `data/unknown-token` naming the characters of the prompt that the model does not know
 * @throws {ConfigError} `config/sampling`
 */
export async function* generate(
  model: LanguageModel,
  vocabulary: Vocabulary,
  options: GenerateOptions,
): AsyncGenerator<string, void> {
  checkSampling(options);
  const codec = createCodec(model.config.text);
  const tokens = await codec.tokenize(options.prompt ?? '');
  const prompt = promptIds(tokens, { vocabulary, unit: model.config.text.unit });
  const forbidden = options.allowUnknown ? undefined : vocabulary.unknownId;
  let previous = tokens.at(-1);
  for (const id of generateIds(model, prompt, { ...options, forbidden })) {
    const token = vocabulary.token(id);
    yield codec.write(token, previous);
    previous = token;
    await tf.nextFrame(); // lets signals and the reader have their turn
  }
}

export interface GenerateIdsOptions extends SamplingOptions {
  readonly length: number;
  readonly key: RandomKey;
  /** never written */
  readonly forbidden?: number | undefined;
}

/** The ids of a continuation, one at a time. @param prompt - at least one id */
export function* generateIds(
  model: LanguageModel,
  prompt: readonly number[],
  { length, key, forbidden, ...sampling }: GenerateIdsOptions,
): Generator<number, void> {
  let read = prompt;
  let state: CarriedState | undefined;
  try {
    for (let i = 0; i < length; i++) {
      const next = nextLogits(model, read, state);
      if (state) tf.dispose(Object.values(state));
      ({ state } = next);
      if (forbidden !== undefined) next.logits[forbidden] = -Infinity;
      const id = drawFrom(samplingDistribution(next.logits, sampling), uniform(deriveKey(key, 'draw', i), 1)[0]!);
      yield id;
      read = [id];
    }
  } finally {
    if (state) tf.dispose(Object.values(state));
  }
}

/** Reads tokens on from a state: the logits of what follows, and the state after them. */
function nextLogits(model: LanguageModel, ids: readonly number[], previous: CarriedState | undefined) {
  let logits: Float32Array = new Float32Array();
  const state = tf.tidy(() => {
    const inputs = tf.tensor2d(Int32Array.from(ids), [ids.length, 1], 'int32');
    const { hidden, state } = model.forward(inputs, previous && { state: previous });
    const last = tf.reshape<tf.Rank.R2>(tf.slice(hidden, [ids.length - 1, 0, 0]), [1, -1]);
    logits = model.logits(last).dataSync<'float32'>().slice();
    return state;
  });
  return { logits, state };
}

/** The id that a text without prompt follows: the end of a line where the model knows one. */
export function boundaryId(vocabulary: Vocabulary): number | undefined {
  return vocabulary.endId ?? (vocabulary.has('\n') ? vocabulary.id('\n') : undefined);
}

function promptIds(
  tokens: readonly string[],
  { vocabulary, unit }: { readonly vocabulary: Vocabulary; readonly unit: 'character' | 'word' },
): readonly number[] {
  if (tokens.length === 0) return [boundaryId(vocabulary) ?? 0];
  if (unit === 'character') requireKnown(tokens, vocabulary);
  return tokens.map((token) => vocabulary.id(token));
}

function requireKnown(tokens: readonly string[], vocabulary: Vocabulary): void {
  const unknown = [...new Set(tokens.filter((token) => !vocabulary.has(token)))];
  if (unknown.length === 0) return;
  const names = unknown.map((token) => JSON.stringify(token)).join(', ');
  const message = `the prompt has characters that the model was not trained on: ${names}; leave them out`;
  throw new DataError('data/unknown-token', message);
}

/** The text of a row of tokens. */
export function decodeTokens(ids: Iterable<number>, vocabulary: Vocabulary, codec: Pick<Codec, 'write'>): string {
  let text = '';
  let previous: string | undefined;
  for (const id of ids) {
    const token = vocabulary.token(id);
    text += codec.write(token, previous);
    previous = token;
  }
  return text;
}
