import { uniform, type RandomKey } from '@unroll/core';
import { createBytePairEncoder, wordEnd, type BytePairEncoder, type Merge } from '@unroll/text';
import { isSpecial } from './special-tokens.js';

/** After a piece that does not end its word, as subword-nmt writes it. */
const continuation = '@@';

export interface Subwords {
  /** tokens of words: `Haus@@ tür` */
  cut(words: readonly string[], key?: RandomKey): readonly string[];
}

export interface SubwordOptions {
  /** chance that a merge is passed over where a key is given */
  readonly dropout: number;
  /** as `BytePairEncoderOptions`, of tokens */
  readonly isKnown?: ((token: string) => boolean) | undefined;
}

export function createSubwords(merges: readonly Merge[], { dropout, isKnown }: SubwordOptions): Subwords {
  const encoder = createBytePairEncoder(merges, {
    isKnown: (piece) => isPlain(piece) && (isKnown?.(tokenOf(piece)) ?? true),
  });
  return {
    cut(words, key) {
      const random = key && dropout > 0 ? { rate: dropout, random: numbersOf(key) } : undefined;
      return words.flatMap((word) => encodeWord(encoder, word, random));
    },
  };
}

function encodeWord(encoder: BytePairEncoder, word: string, dropout: Parameters<BytePairEncoder['encode']>[1]) {
  return encoder.encode(word, dropout).map(tokenOf);
}

/** Not so of a last piece that looks like a special token, or like a piece that goes on: as a token it could not be told from that. */
function isPlain(piece: string): boolean {
  const token = tokenOf(piece);
  return !isSpecial(token) && !(piece.endsWith(wordEnd) && token.endsWith(continuation));
}

/** How a piece of a byte-pair encoder is written as a token. */
export function tokenOf(piece: string): string {
  return piece.endsWith(wordEnd) ? piece.slice(0, -wordEnd.length) : piece + continuation;
}

/** Does the word of a token go on in the next one? */
export function isContinued(token: string): boolean {
  return token.endsWith(continuation);
}

/** Words of tokens. A special token ends the word before it. */
export function joinSubwords(tokens: readonly string[]): readonly string[] {
  const words: string[] = [];
  let begun = '';
  const end = (rest: string) => {
    if (begun + rest !== '') words.push(begun + rest);
    begun = '';
  };
  for (const token of tokens) {
    if (isContinued(token)) begun += token.slice(0, -continuation.length);
    else if (isSpecial(token)) {
      end('');
      end(token);
    } else end(token);
  }
  end('');
  return words;
}

/** The uniform numbers of a key, one by one. */
function numbersOf(key: RandomKey): () => number {
  const block = 64;
  let values: Float32Array = new Float32Array(0);
  let used = 0;
  let drawn = 0;
  return () => {
    if (used === values.length) {
      values = uniform(key, block, drawn);
      drawn += block;
      used = 0;
    }
    return values[used++]!;
  };
}
