import { countCodePoints, type TextSource } from '@unroll/core';

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
