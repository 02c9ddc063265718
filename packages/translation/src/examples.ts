import { deriveKey, type RandomKey, type Vocabulary } from '@unroll/core';
import { charactersOf, learnBytePairs, type Merge } from '@unroll/text';
import type { TokenizationConfig, TranslationConfig } from './config.js';
import { cutterOf, type Segmenters } from './tokenization/create-segmenter.js';
import { createVocabulary, idOfText, specialTokens } from './tokenization/special-tokens.js';
import { tokenOf } from './tokenization/subwords.js';
import { createWordCutter } from './tokenization/word-cutter.js';
import type { Example, SideFacts, TextPair, TranslationFacts } from './types.js';

/** Vocabularies and merges of both sides, from the training split alone. */
export async function collectFacts(
  pairs: readonly TextPair[],
  { tokenization }: Pick<TranslationConfig, 'tokenization'>,
): Promise<TranslationFacts> {
  const sources = pairs.map(({ source }) => source);
  const targets = pairs.map(({ target }) => target);
  if (tokenization.joint) {
    const joint = await collectSide([sources, targets], tokenization);
    return { source: joint, target: joint };
  }
  return {
    source: await collectSide([sources], tokenization),
    target: await collectSide([targets], tokenization),
  };
}

async function collectSide(texts: readonly (readonly string[])[], config: TokenizationConfig): Promise<SideFacts> {
  const isBytePair = config.unit === 'byte-pair';
  const { cut } = await createWordCutter(config.words);
  const words = isBytePair ? countOf(texts, cut) : new Map<string, number>();
  const merges = isBytePair ? learnBytePairs(words, { merges: config.merges }) : [];
  const cutter = await cutterOf(config, { merges });
  const counts = countOf(texts, (text) => cutter.tokens(text));
  // With dropout any part of a merge can come, so that all of them need an id, not only what is left when all are made.
  if (isBytePair && config.mergeDropout > 0) addParts(counts, words, { merges, minimumCount: config.minimumCount });
  return { vocabulary: createVocabulary(counts, config), merges };
}

function countOf(texts: readonly (readonly string[])[], cut: (text: string) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const some of texts) {
    for (const text of some) for (const token of cut(text)) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return counts;
}

function addParts(
  counts: Map<string, number>,
  words: ReadonlyMap<string, number>,
  { merges, minimumCount }: { readonly merges: readonly Merge[]; readonly minimumCount: number },
): void {
  const add = (piece: string) => counts.set(tokenOf(piece), Math.max(minimumCount, counts.get(tokenOf(piece)) ?? 0));
  for (const word of words.keys()) for (const character of charactersOf(word)) add(character);
  for (const [left, right] of merges) add(left + right);
}

export interface EncodeOptions {
  readonly segmenters: Segmenters;
  /** `Example.sourceInTarget` is wanted: of a model that copies */
  readonly copy: boolean;
  /** of byte-pair dropout; none without */
  readonly key?: RandomKey | undefined;
}

/** A text as a model reads it. */
export interface EncodedText {
  /** with `</s>` */
  readonly tokens: readonly string[];
  readonly example: Example;
  /** of a model that copies: the tokens that the target vocabulary lacks, by id from its size on */
  readonly copied: readonly string[];
}

/** Ids of a source alone, for translating it. */
export function encodeSource(text: string, { segmenters: { source, target }, copy, key }: EncodeOptions): EncodedText {
  const tokens = source.tokens(text, key && deriveKey(key, 'source'));
  const ids = withEnd(source.vocabulary, (token) => idOfText(source.vocabulary, token));
  const all = [...tokens, specialTokens.end];
  if (!copy) return { tokens: all, example: { source: ids(tokens) }, copied: [] };
  const extended = new Map<string, number>();
  const inTarget = withEnd(target.vocabulary, (token) => {
    const id = idOfText(target.vocabulary, token);
    if (id !== target.vocabulary.unknownId) return id;
    const next = target.vocabulary.size + extended.size;
    if (!extended.has(token)) extended.set(token, next);
    return extended.get(token)!;
  });
  const example = { source: ids(tokens), sourceInTarget: inTarget(tokens) };
  return { tokens: all, example, copied: [...extended.keys()] };
}

/** Ids of a pair. */
export function encodeExample(pair: Pick<TextPair, 'source' | 'target'>, options: EncodeOptions): Example {
  const { target } = options.segmenters;
  const { example, copied } = encodeSource(pair.source, options);
  const tokens = target.tokens(pair.target, options.key && deriveKey(options.key, 'target'));
  const extended = new Map(copied.map((token, index) => [token, target.vocabulary.size + index]));
  const ids = withEnd(target.vocabulary, (token) => extended.get(token) ?? idOfText(target.vocabulary, token));
  return { ...example, target: ids(tokens) };
}

function withEnd(vocabulary: Vocabulary, idOf: (token: string) => number): (tokens: readonly string[]) => Int32Array {
  return (tokens) => {
    const ids = new Int32Array(tokens.length + 1);
    tokens.forEach((token, index) => (ids[index] = idOf(token)));
    ids[tokens.length] = vocabulary.endId!;
    return ids;
  };
}
