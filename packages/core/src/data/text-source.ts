import { DataError } from '../errors.js';
import type { ByteSource } from './byte-source.js';

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

/**
 * The lines of a UTF-8 text without their ends; what follows the last line end counts only if it is not empty.
 *
 * @throws {DataError} as `rawLinesOf`
 */
export async function* linesOf(
  source: ByteSource,
  options: { readonly longest?: number } = {},
): AsyncGenerator<string, void> {
  for await (const lines of rawLinesOf(source, options)) for (const line of lines) yield withoutLineEnd(line);
}

/** A line of `rawLinesOf` without its end. */
export function withoutLineEnd(line: string): string {
  let end = line.length;
  if (line.charCodeAt(end - 1) === 0x0a) end -= 1;
  if (line.charCodeAt(end - 1) === 0x0d) end -= 1;
  return line.slice(0, end);
}

/**
 * The lines of a UTF-8 text with their ends, byte for byte but for a byte order mark: at once all those that a piece of the
 * source completes, none of them waits for the next piece. What follows the last line end counts only if it is not empty.
 *
 * @param longest - of a line, in UTF-16 code units; no bound where it is absent
 * @throws {DataError} `data/not-utf8` naming the byte, `data/line-too-long` naming the line
 */
export async function* rawLinesOf(
  source: ByteSource,
  { longest = Infinity }: { readonly longest?: number } = {},
): AsyncGenerator<readonly string[], void> {
  let rest = '';
  let count = 0;
  const check = (line: string) => {
    count += 1;
    if (line.length <= longest) return;
    const message = `${source.name}: line ${count} is longer than ${longest} characters; is this a text file? Break the line`;
    throw new DataError('data/line-too-long', message);
  };
  for await (const piece of textOf(source).pieces()) {
    const lines: string[] = [];
    let start = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      lines.push(rest + piece.slice(start, end + 1));
      rest = '';
      start = end + 1;
      check(lines.at(-1)!);
    }
    rest += piece.slice(start);
    if (rest.length > longest) check(rest);
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}

/** The text of a source in one string. */
export async function wholeText(source: ByteSource): Promise<string> {
  let text = '';
  for await (const piece of textOf(source).pieces()) text += piece;
  return text;
}
