import { DataError } from '@unroll/core';

/** A line without its break, or a part of a very long one. */
export interface Line {
  readonly text: string;
  /** a line break follows */
  readonly complete: boolean;
}

/** Longer lines are cut at white space, so that a text in one line needs no more memory than another. */
export const maximumLineLength = 65_536;

/**
 * The lines of a text that comes in pieces; where the pieces are cut makes no difference.
 *
 * @param name - for messages
 * @throws {DataError} `data/word-too-long` if a line cannot be cut because `maximumLineLength` code units of it hold
 *   no white space
 */
export async function* linesOf(
  pieces: AsyncIterable<string> | Iterable<string>,
  name: string,
): AsyncIterable<readonly Line[]> {
  let rest = '';
  let number = 1;
  for await (const piece of pieces) {
    const text = rest + piece;
    const lines: Line[] = [];
    let start = 0;
    for (;;) {
      const lineBreak = text.indexOf('\n', start);
      const end = lineBreak < 0 ? text.length : lineBreak;
      if (end - start > maximumLineLength) {
        const cut = lastSpace(text, start, start + maximumLineLength);
        if (cut < 0) throw wordTooLong(name, number);
        lines.push({ text: text.slice(start, cut), complete: false });
        start = cut + 1;
      } else if (lineBreak >= 0) {
        lines.push({ text: text.slice(start, lineBreak), complete: true });
        start = lineBreak + 1;
        number += 1;
      } else {
        break;
      }
    }
    rest = text.slice(start);
    yield lines;
  }
  if (rest !== '') yield [{ text: rest, complete: false }];
}

/** The place of the last white space in `start` … `end` − 1, or −1. */
function lastSpace(text: string, start: number, end: number): number {
  for (let i = end - 1; i >= start; i--) if (/\s/u.test(text[i]!)) return i;
  return -1;
}

function wordTooLong(name: string, line: number): DataError {
  const length = maximumLineLength.toLocaleString('en');
  const message = `${name}, line ${line}: ${length} characters in a row without white space are no word; use text.unit=character`;
  return new DataError('data/word-too-long', message);
}
