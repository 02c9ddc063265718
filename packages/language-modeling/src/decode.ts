import {
  breatheEvery,
  checkSampling,
  DataError,
  deriveKey,
  drawFrom,
  samplingDistribution,
  uniform,
  type RandomKey,
  type SamplingOptions,
  type Vocabulary,
} from '@unroll/core';
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

/** Signals and the reader have their turn as often; more often would cost more than a token of a small model. */
const breathMs = 10;

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
  const breatheNow = breatheEvery(breathMs);
  let previous = tokens.at(-1);
  for (const id of generateIds(model, prompt, { ...options, forbidden })) {
    const token = vocabulary.token(id);
    yield codec.write(token, previous);
    previous = token;
    await breatheNow();
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
  const stepper = model.createStepper();
  const draws = deriveKey(key, 'draw');
  const probabilities = new Float64Array(model.vocabularySize);
  const read = Int32Array.of(prompt.at(-1)!);
  try {
    for (const id of prompt.slice(0, -1)) stepper.advance([id]);
    for (let i = 0; i < length; i++) {
      const logits = stepper.step(read);
      if (forbidden !== undefined) logits[forbidden] = -Infinity;
      const distribution = samplingDistribution(logits, sampling, probabilities);
      const id = drawFrom(distribution, uniform(deriveKey(draws, i), 1)[0]!);
      yield id;
      read[0] = id;
    }
  } finally {
    stepper.dispose();
  }
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
