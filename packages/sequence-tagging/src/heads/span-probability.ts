import { spansOf } from '../schemes/spans.js';
import type { Span, TagColumn } from '../types.js';

/** What a chain says of one sentence. K = tags. */
export interface ChainPosterior {
  readonly length: number;
  /** `[token · K]`: p(tag of token) */
  readonly marginals: Float64Array;
  /** `[token · K]`: ln of all that follows from a tag at a token, its emission included, but for one constant a token */
  readonly onward: Float64Array;
  /** `[K · K]`, from row to column */
  readonly transitions: Float32Array;
}

/**
 * The probability that a span is there: of all rows of tags together in which it begins and ends where it does and has its type, as
 * `spansOf` reads tags in the trained scheme.
 *
 *   p(span) = Σ p(tags of tokens start − 1 … end)   over those tags of which the first pair begins the span, the last pair ends
 *     it, and no pair between begins another
 *
 * In IOBES and BILOU the tags of the span alone say this; in other schemes the tag before or after it has a say too, over all of
 * which is summed. A chain has p(tag | tag before it) at each token, so that the sum is a walk from token to token:
 *
 *   p(k | j) ∝ exp(transitions[j, k] + onward[k])
 *
 * @returns a function of spans; exact but for float32's rounding of `onward`
 */
export function createSpanProbability(
  posterior: ChainPosterior,
  column: Pick<TagColumn, 'tags' | 'trainedScheme'>,
): (span: Span) => number {
  const { length, marginals } = posterior;
  const size = column.tags.size;
  return ({ type, start, end }) => {
    const borders = bordersOf(column);
    const ofType = borders.types.flatMap((each, tag) => (each === type ? [tag] : []));
    // The probability of each tag, of the rows that have the span so far.
    let reached = new Float64Array(size);
    if (start === 0) {
      for (const tag of ofType) if (borders.begins(size, tag)) reached[tag] = marginals[tag]!;
    } else {
      const before = marginals.slice((start - 1) * size, start * size);
      reached = step(posterior, { t: start, from: before, to: ofType, allows: borders.begins });
    }
    // Where a span of the same type ended, the next tag of it would begin another.
    const goesOn = (from: number, to: number) => !borders.begins(from, to);
    for (let t = start + 1; t < end; t++) reached = step(posterior, { t, from: reached, to: ofType, allows: goesOn });
    if (end === length) {
      return sum(reached.map((probability, tag) => (borders.ends(tag, size) ? probability : 0)));
    }
    const all = Array.from({ length: size }, (_, tag) => tag);
    return sum(step(posterior, { t: end, from: reached, to: all, allows: borders.ends }));
  };
}

/** From the probabilities of the tags of token t − 1 to those of token t, along the pairs that are allowed. */
function step(
  { onward, transitions }: ChainPosterior,
  options: {
    readonly t: number;
    readonly from: Float64Array;
    readonly to: readonly number[];
    readonly allows: (from: number, to: number) => boolean;
  },
): Float64Array<ArrayBuffer> {
  const { t, from, to, allows } = options;
  const size = from.length;
  const next = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    if (from[j] === 0) continue;
    const score = (k: number) => transitions[j * size + k]! + onward[t * size + k]!;
    let largest = -Infinity;
    for (let k = 0; k < size; k++) largest = Math.max(largest, score(k));
    let total = 0;
    for (let k = 0; k < size; k++) total += Math.exp(score(k) - largest);
    for (const k of to) if (allows(j, k)) next[k]! += (from[j]! * Math.exp(score(k) - largest)) / total;
  }
  return next;
}

/** Which neighbours begin or end a span between them; tag K stands for the border of the sentence. */
interface Borders {
  /** type of span by tag; undefined = outside */
  readonly types: readonly (string | undefined)[];
  readonly begins: (before: number, tag: number) => boolean;
  readonly ends: (tag: number, after: number) => boolean;
}

const known = new WeakMap<object, Borders>();

/** From what `spansOf` makes of two tokens. */
function bordersOf({ tags, trainedScheme }: Pick<TagColumn, 'tags' | 'trainedScheme'>): Borders {
  const made = known.get(tags);
  if (made) return made;
  const names = [...tags.tokens, 'O'];
  const size = names.length;
  const begins = new Uint8Array(size * size);
  const ends = new Uint8Array(size * size);
  names.forEach((first, i) =>
    names.forEach((second, j) => {
      const spans = spansOf([first, second], trainedScheme);
      begins[i * size + j] = Number(spans.some(({ start }) => start === 1));
      ends[i * size + j] = Number(spans.some(({ end }) => end === 1));
    }),
  );
  const borders: Borders = {
    types: tags.tokens.map((tag) => spansOf([tag], trainedScheme)[0]?.type),
    begins: (before, tag) => begins[before * size + tag] === 1,
    ends: (tag, after) => ends[tag * size + after] === 1,
  };
  known.set(tags, borders);
  return borders;
}

function sum(values: Float64Array): number {
  return Math.min(
    1,
    values.reduce((total, value) => total + value, 0),
  );
}
