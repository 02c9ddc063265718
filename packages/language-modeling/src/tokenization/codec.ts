import type { TextSource, Vocabulary } from '@unroll/core';
import type { TokenIds } from '../types.js';

/** How often each token is in a text. */
export interface TokenCounts {
  readonly counts: ReadonlyMap<string, number>;
  /** all tokens */
  readonly tokens: number;
  /** code points of the text */
  readonly characters: number;
}

/** Turns one kind of text into tokens and back. Text is read in pieces, so its length does not matter. */
export interface Codec {
  count(text: TextSource): Promise<TokenCounts>;
  /**
   * Writes the id of every token to `ids`, which has room for them all.
   *
   * @throws {DataError} `data/unknown-token` for a token that is not in a vocabulary without one for unknown tokens
   */
  encode(text: TextSource, vocabulary: Vocabulary, ids: TokenIds): Promise<void>;
  /** The tokens of a short text. */
  tokenize(text: string): Promise<readonly string[]>;
  /** What a token adds to a written text. @param previous - the token before it, if any */
  write(token: string, previous: string | undefined): string;
}

export const unknownToken = '<unk>';
export const endOfLineToken = '<eos>';
