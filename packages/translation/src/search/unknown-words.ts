import { specialTokens } from '../tokenization/special-tokens.js';
import { isContinued } from '../tokenization/subwords.js';
import type { TokenizationConfig } from '../config.js';

interface Replacement {
  /** `[step][source token]` */
  readonly attention: readonly Float32Array[];
  /** tokens of the source, with `</s>` */
  readonly source: readonly string[];
  readonly unit: TokenizationConfig['unit'];
}

/**
 * Tokens with what was attended most in place of `<unk>`: a source word as it stands, with all of its pieces; of a model of
 * characters a character. What a model of byte pairs wrote of the same word before goes, and unknown pieces in a row that look at one
 * source word are one word.
 */
export function replaceUnknownWords(tokens: readonly string[], replacement: Replacement): readonly string[] {
  const { attention, source, unit } = replacement;
  const isBytePair = unit === 'byte-pair';
  const replaced: string[] = [];
  let lastStart = -1;
  for (const [step, token] of tokens.entries()) {
    if (token !== specialTokens.unknown) {
      replaced.push(token);
      lastStart = -1;
      continue;
    }
    const place = mostAttended(attention[step]!, source);
    const [start, end] = isBytePair ? wordAround(source, place) : [place, place + 1];
    if (isBytePair) dropBegunWord(replaced);
    if (!isBytePair || start !== lastStart) replaced.push(...source.slice(start, end));
    lastStart = start;
  }
  return replaced;
}

function dropBegunWord(tokens: string[]): void {
  while (tokens.length > 0 && isContinued(tokens.at(-1)!)) tokens.pop();
}

/** `</s>`, the last token, is no word. */
function mostAttended(row: Float32Array, source: readonly string[]): number {
  let best = 0;
  for (let place = 1; place < source.length - 1; place++) if (row[place]! > row[best]!) best = place;
  return best;
}

/** The pieces of the word that a piece belongs to, from and to. */
function wordAround(pieces: readonly string[], place: number): readonly [number, number] {
  let start = place;
  while (start > 0 && isContinued(pieces[start - 1]!)) start--;
  let end = place + 1;
  while (end < pieces.length && isContinued(pieces[end - 1]!)) end++;
  return [start, end];
}
