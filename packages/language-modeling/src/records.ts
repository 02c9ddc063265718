import { DataError, type ByteSource } from '@unroll/core';

/** Text that can be read again from the start, in pieces of any length that never cut a code point in two. */
export interface TextSource {
  /** for messages */
  readonly name: string;
  pieces(): AsyncIterable<string>;
}

/**
 * The text of a UTF-8 file. A byte order mark is dropped.
 *
 * Reading throws {DataError} `data/not-utf8`, naming the byte.
 */
export function textOf(source: ByteSource): TextSource {
  return { name: source.name, pieces: () => decodeUtf8(source) };
}

async function* decodeUtf8(source: ByteSource): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = async (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (error) {
      // The decoder does not say where; the text is read a second time to find out.
      const at = await firstInvalidByte(source);
      const message = `${source.name}: byte ${at} is not UTF-8; save the text as UTF-8`;
      throw new DataError('data/not-utf8', message, { cause: error });
    }
  };
  for await (const bytes of source.bytes()) {
    const piece = await decode(bytes);
    if (piece !== '') yield piece;
  }
  const rest = await decode();
  if (rest !== '') yield rest;
}

/** Offset from 0 of the first byte of the first sequence that is no code point. */
async function firstInvalidByte(source: ByteSource): Promise<number> {
  let offset = 0;
  let start = 0;
  let expected: readonly (readonly [low: number, high: number])[] = [];
  for await (const bytes of source.bytes()) {
    for (const byte of bytes) {
      const [range, ...rest] = expected;
      if (range && (byte < range[0] || byte > range[1])) return start;
      if (!range) start = offset;
      const next = range ? rest : continuations(byte);
      if (!next) return start;
      expected = next;
      offset += 1;
    }
  }
  return start;
}

const tail = [0x80, 0xbf] as const;

/** The ranges of the bytes that must follow a first byte; `undefined` if none can start there. (RFC 3629, section 4) */
function continuations(first: number): readonly (readonly [number, number])[] | undefined {
  if (first < 0x80) return [];
  if (first < 0xc2 || first > 0xf4) return undefined;
  if (first < 0xe0) return [tail];
  if (first < 0xf0) return [first === 0xe0 ? [0xa0, 0xbf] : first === 0xed ? [0x80, 0x9f] : tail, tail];
  return [first === 0xf0 ? [0x90, 0xbf] : first === 0xf4 ? [0x80, 0x8f] : tail, tail, tail];
}

/** Unicode code points of a string: its code units without the second halves of pairs. */
export function countCodePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count -= 1;
  return count;
}

/** A text in two parts, one after the other. */
export interface SplitText {
  readonly head: TextSource;
  readonly tail: TextSource;
}

/**
 * Holds out the end of a text: `head` gets ⌊(1 − fraction) · n⌋ of its n code points. With `atSpace` the cut moves
 * forward to the next white space, so that no word is torn.
 */
export async function holdOutTail(
  text: TextSource,
  { fraction, atSpace }: { readonly fraction: number; readonly atSpace: boolean },
): Promise<SplitText> {
  let count = 0;
  for await (const piece of text.pieces()) count += countCodePoints(piece);
  const wanted = Math.floor((1 - fraction) * count);
  const cut = atSpace ? await nextSpace(text, wanted) : wanted;
  return { head: slice(text, 0, cut), tail: slice(text, cut, Infinity) };
}

/** The position after the first white space at or after `from`, in code points; the text's end if there is none. */
async function nextSpace(text: TextSource, from: number): Promise<number> {
  let position = from;
  for await (const piece of slice(text, from, Infinity).pieces()) {
    const at = piece.search(/\s/u);
    if (at >= 0) return position + countCodePoints(piece.slice(0, at)) + 1;
    position += countCodePoints(piece);
  }
  return position;
}

/** The code points `from` … `to` − 1. */
function slice(text: TextSource, from: number, to: number): TextSource {
  async function* pieces(): AsyncIterable<string> {
    let position = 0;
    for await (const piece of text.pieces()) {
      const count = countCodePoints(piece);
      const first = unitIndex(piece, Math.max(0, from - position), count);
      const last = unitIndex(piece, Math.min(count, to - position), count);
      if (first < last) yield piece.slice(first, last);
      position += count;
      if (position >= to) return;
    }
  }
  return { name: text.name, pieces };
}

/** Where code point `index` of a piece with `count` of them starts, in code units. */
function unitIndex(piece: string, index: number, count: number): number {
  if (index >= count) return piece.length;
  if (count === piece.length) return index;
  let unit = 0;
  for (let i = 0; i < index; i++) unit += piece.codePointAt(unit)! > 0xffff ? 2 : 1;
  return unit;
}
