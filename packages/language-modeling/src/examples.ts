import { DataError, textOf, Vocabulary, type ByteSource, type TextSource } from '@unroll/core';
import { requireWindow } from './batches.js';
import type { LanguageModelConfig, TextConfig } from './config.js';
import { holdOutTail } from './records.js';
import { endOfLineToken, unknownToken, type TokenCounts } from './tokenization/codec.js';
import { createCodec } from './tokenization/create-codec.js';
import type { PreparedText, TokenIds, TokenStream } from './types.js';

export interface RawSplits {
  readonly train: ByteSource;
  /** the end of `train` is held out when absent */
  readonly valid?: ByteSource;
  readonly test?: ByteSource;
}

/** What is being read, for people who wait. */
export type OnProgress = (message: string) => void;

/**
 * Text to vocabulary and token streams. Splits are made before anything else is learnt from the text, and the
 * vocabulary is fitted on the training split alone. The text is read several times, in pieces; only ids are kept.
 *
 * @throws {DataError} `data/empty`, `data/too-short`, `data/not-utf8`, `data/word-too-long`, `data/too-many-words`
 */
export async function prepareText(
  raw: RawSplits,
  config: Pick<LanguageModelConfig, 'text' | 'batches'>,
  onProgress: OnProgress = () => {},
): Promise<PreparedText> {
  const { train, valid } = await splitText(raw, config.text);
  onProgress(`counting ${train.name}`);
  const codec = createCodec(config.text);
  const counted = await codec.count(train);
  requireWindow({ name: train.name, tokens: counted.tokens }, config.batches);
  const vocabulary = fitVocabulary(counted, config.text);
  const encode = async (text: TextSource, counts?: TokenCounts) => {
    onProgress(`encoding ${text.name}`);
    return encodeCounted(text, { vocabulary, config: config.text, counted: counts ?? (await codec.count(text)) });
  };
  const splits = { train: await encode(train, counted), valid: await encode(valid) };
  return { vocabulary, splits: raw.test ? { ...splits, test: await encode(textOf(raw.test)) } : splits };
}

/**
 * The tokens of a text for a model that has its vocabulary.
 *
 * @throws {DataError} `data/empty`, `data/not-utf8`, `data/word-too-long`
 */
export async function encodeText(source: ByteSource, vocabulary: Vocabulary, config: TextConfig): Promise<TokenStream> {
  const text = textOf(source);
  return encodeCounted(text, { vocabulary, config, counted: await createCodec(config).count(text) });
}

async function splitText(raw: RawSplits, config: TextConfig): Promise<{ train: TextSource; valid: TextSource }> {
  const text = textOf(raw.train);
  if (raw.valid) return { train: text, valid: textOf(raw.valid) };
  const atSpace = config.unit === 'word';
  const { head, tail } = await holdOutTail(text, { fraction: config.validationFraction, atSpace });
  return { train: head, valid: { ...tail, name: `${tail.name} (held-out end)` } };
}

function fitVocabulary({ counts }: TokenCounts, config: TextConfig): Vocabulary {
  const end = config.unit === 'word' && config.endOfLine ? endOfLineToken : undefined;
  const { minimumCount, maximumSize } = config;
  return Vocabulary.fromCounts(counts, { specials: { unknown: unknownToken, end }, minimumCount, maximumSize });
}

interface EncodeOptions {
  readonly vocabulary: Vocabulary;
  readonly config: TextConfig;
  readonly counted: TokenCounts;
}

async function encodeCounted(text: TextSource, { vocabulary, config, counted }: EncodeOptions): Promise<TokenStream> {
  if (counted.tokens < 2) {
    const what = counted.characters === 0 ? 'is empty' : `has ${counted.tokens} tokens`;
    throw new DataError('data/empty', `${text.name} ${what}; a text of at least two tokens is needed`);
  }
  const ids = createIds(vocabulary.size, counted.tokens);
  await createCodec(config).encode(text, vocabulary, ids);
  return { name: text.name, ids, characters: counted.characters };
}

/** Zeros in the smallest array type that holds every id. */
function createIds(vocabularySize: number, length: number): TokenIds {
  if (vocabularySize <= 2 ** 8) return new Uint8Array(length);
  return vocabularySize <= 2 ** 16 ? new Uint16Array(length) : new Int32Array(length);
}
