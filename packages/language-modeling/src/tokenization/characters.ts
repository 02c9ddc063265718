import type { Vocabulary } from '@unroll/core';
import type { TextConfig } from '../config.js';
import type { TextSource } from '../records.js';
import type { TokenIds } from '../types.js';
import type { Codec, TokenCounts } from './codec.js';

const codePoints = 0x110000;

/** Every Unicode code point is a token. */
export function characterCodec({ lowercase }: Pick<TextConfig, 'lowercase'>): Codec {
  const prepare = (piece: string) => (lowercase ? piece.toLowerCase() : piece);
  return {
    count: (text) => countCharacters(text, prepare),
    encode: (text, vocabulary, ids) => encodeCharacters(text, prepare, { vocabulary, ids }),
    tokenize: (text) => Promise.resolve(Array.from(prepare(text))),
    write: (token) => token,
  };
}

async function countCharacters(text: TextSource, prepare: (piece: string) => string): Promise<TokenCounts> {
  const table = new Float64Array(codePoints);
  for await (const raw of text.pieces()) {
    const piece = prepare(raw);
    for (let i = 0; i < piece.length; i++) {
      const unit = piece.charCodeAt(i);
      if (isHighSurrogate(unit)) table[piece.codePointAt(i++)!]! += 1;
      else table[unit]! += 1;
    }
  }
  const counts = new Map<string, number>();
  let tokens = 0;
  for (let code = 0; code < codePoints; code++) {
    if (table[code] === 0) continue;
    counts.set(String.fromCodePoint(code), table[code]!);
    tokens += table[code]!;
  }
  return { counts, tokens, characters: tokens };
}

async function encodeCharacters(
  text: TextSource,
  prepare: (piece: string) => string,
  { vocabulary, ids }: { readonly vocabulary: Vocabulary; readonly ids: TokenIds },
): Promise<void> {
  const idOf = new Int32Array(codePoints).fill(-1);
  for (const token of vocabulary.tokens) {
    const code = token.codePointAt(0)!;
    if (token === String.fromCodePoint(code)) idOf[code] = vocabulary.id(token);
  }
  let position = 0;
  for await (const raw of text.pieces()) {
    const piece = prepare(raw);
    for (let i = 0; i < piece.length; i++) {
      const unit = piece.charCodeAt(i);
      const code = isHighSurrogate(unit) ? piece.codePointAt(i++)! : unit;
      if (idOf[code]! < 0) idOf[code] = vocabulary.id(String.fromCodePoint(code));
      ids[position++] = idOf[code]!;
    }
  }
}

/** The first half of a code point beyond 0xffff. A code unit is cheaper to read than a code point, and nearly always one. */
function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}
