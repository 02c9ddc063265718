import type { RandomKey } from '@unroll/core';
import type { TokenizationConfig } from '../config.js';
import type { Segmenter, SideFacts, TranslationFacts } from '../types.js';
import { idOfText } from './special-tokens.js';
import { createSubwords, joinSubwords } from './subwords.js';
import { createWordCutter } from './word-cutter.js';

/** Both sides of a model; of a joint vocabulary one object. */
export interface Segmenters {
  readonly source: Segmenter;
  readonly target: Segmenter;
}

/** The segmenters of a model. */
export async function createSegmenters(facts: TranslationFacts, config: TokenizationConfig): Promise<Segmenters> {
  const source = await createSegmenter(facts.source, config);
  return { source, target: facts.source === facts.target ? source : await createSegmenter(facts.target, config) };
}

/**
 * Text to tokens and back, as a model's facts say.
 *
 * word: words of `config.words`. character: code points, a space being one. byte-pair: pieces of words, those that do not end
 * their word marked `@@`; a piece that the vocabulary lacks is taken apart, so that only code points can be unknown.
 */
export async function createSegmenter(side: SideFacts, config: TokenizationConfig): Promise<Segmenter> {
  const { vocabulary, merges } = side;
  const { tokens, join } = await cutterOf(config, {
    merges,
    isKnown: (token) => vocabulary.has(token),
  });
  return {
    vocabulary,
    tokens,
    encode: (text, key) => Int32Array.from(tokens(text, key), (token) => idOfText(vocabulary, token)),
    join,
  };
}

export type TokenCutter = Pick<Segmenter, 'tokens' | 'join'>;

/** What cuts texts where there is no vocabulary yet. @param isKnown - of byte-pair; as `SubwordOptions` has it */
export async function cutterOf(
  { unit, words, mergeDropout }: TokenizationConfig,
  { merges, isKnown }: Pick<SideFacts, 'merges'> & { readonly isKnown?: (token: string) => boolean },
): Promise<TokenCutter> {
  if (unit === 'character') return { tokens: (text) => Array.from(text), join: (tokens) => tokens.join('') };
  const cutter = await createWordCutter(words);
  if (unit === 'word') return { tokens: cutter.cut, join: cutter.join };
  const subwords = createSubwords(merges, { dropout: mergeDropout, isKnown });
  return {
    tokens: (text: string, key?: RandomKey) => subwords.cut(cutter.cut(text), key),
    join: (tokens) => cutter.join(joinSubwords(tokens)),
  };
}
