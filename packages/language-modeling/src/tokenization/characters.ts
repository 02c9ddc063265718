import type { TextSource, Vocabulary } from '@unroll/core';
import type { TextConfig } from '../config.js';
import type { TokenIds } from '../types.js';
import type { Codec, TokenCounts } from './codec.js';

type Prepare = (piece: string) => string;

/** Every Unicode code point is a token. */
export function characterCodec({ lowercase }: Pick<TextConfig, 'lowercase'>): Codec {
  const prepare: Prepare = (piece) => (lowercase ? piece.toLowerCase() : piece);
  return {
    count: (text) => countCharacters(text, prepare),
    encode: (text, vocabulary, ids) => encodeCharacters(text, prepare, { vocabulary, ids }),
    tokenize: (text) => Promise.resolve(Array.from(prepare(text))),
    write: (token) => token,
  };
}

/** Code points below are one code unit, and nearly all that a text has: they get tables, the others a map. */
const tableSize = 0x10000;

async function countCharacters(text: TextSource, prepare: Prepare): Promise<TokenCounts> {
  const table = new Float64Array(tableSize);
  const counts = new Map<string, number>();
  for await (const raw of text.pieces()) {
    const piece = prepare(raw);
    for (let i = 0; i < piece.length; i++) {
      const unit = piece.charCodeAt(i);
      if (isHighSurrogate(unit)) {
        const character = String.fromCodePoint(piece.codePointAt(i++)!);
        counts.set(character, (counts.get(character) ?? 0) + 1);
      } else {
        table[unit]! += 1;
      }
    }
  }
  for (let unit = 0; unit < tableSize; unit++) {
    if (table[unit]! > 0) counts.set(String.fromCharCode(unit), table[unit]!);
  }
  const tokens = Array.from(counts.values()).reduce((sum, count) => sum + count, 0);
  return { counts, tokens, characters: tokens };
}

async function encodeCharacters(
  text: TextSource,
  prepare: Prepare,
  { vocabulary, ids }: { readonly vocabulary: Vocabulary; readonly ids: TokenIds },
): Promise<void> {
  const idOf = new Int32Array(tableSize).fill(-1);
  let position = 0;
  for await (const raw of text.pieces()) {
    const piece = prepare(raw);
    for (let i = 0; i < piece.length; i++) {
      const unit = piece.charCodeAt(i);
      if (isHighSurrogate(unit)) {
        ids[position++] = vocabulary.id(String.fromCodePoint(piece.codePointAt(i++)!));
      } else {
        if (idOf[unit]! < 0) idOf[unit] = vocabulary.id(String.fromCharCode(unit));
        ids[position++] = idOf[unit]!;
      }
    }
  }
}

/** The first half of a code point beyond 0xffff. */
function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}
