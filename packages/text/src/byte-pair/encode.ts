import { canMerge, charactersOf, type Merge } from './pieces.js';

export interface MergeDropout {
  /** chance that a merge is passed over each time that it could be made */
  readonly rate: number;
  /** uniform numbers in [0, 1) */
  readonly random: () => number;
}

export interface BytePairEncoder {
  /**
   * Pieces of a word; the last one ends in `wordEnd`.
   *
   * @param dropout - other pieces each time, so that a model sees a word in many ways (Provilkov, Emelianenko & Voita 2020)
   */
  readonly encode: (word: string, dropout?: MergeDropout) => readonly string[];
}

export interface BytePairEncoderOptions {
  /**
   * Pieces that there are. A piece that is none of them is taken apart into what it was merged from, down to code points. All are
   * unless set.
   */
  readonly isKnown?: ((piece: string) => boolean) | undefined;
}

/** Words whose pieces are remembered; then forgotten all at once, so that an endless text needs no endless memory. */
const cacheSize = 200_000;

/**
 * Applies merges to words: of those that fit, the one learnt first is made wherever it fits, until none does.
 *
 * @see Sennrich, Haddow & Birch 2016; with `dropout` Provilkov, Emelianenko & Voita 2020, algorithm 1
 */
export function createBytePairEncoder(
  merges: readonly Merge[],
  { isKnown }: BytePairEncoderOptions = {},
): BytePairEncoder {
  /** by left piece, then by right piece: nothing that a text has can be taken for a border */
  const ranks = new Map<string, Map<string, number>>();
  const parts = new Map<string, Merge>();
  merges.forEach((merge, rank) => {
    if (!canMerge(merge)) return;
    const [left, right] = merge;
    let byRight = ranks.get(left);
    if (!byRight) ranks.set(left, (byRight = new Map()));
    if (!byRight.has(right)) byRight.set(right, rank);
    if (!parts.has(left + right)) parts.set(left + right, merge);
  });
  const rankOf = (left: string, right: string) => ranks.get(left)?.get(right) ?? Infinity;
  const takeApart = (piece: string): readonly string[] => {
    const merge = isKnown?.(piece) === false ? parts.get(piece) : undefined;
    return merge ? merge.flatMap(takeApart) : [piece];
  };
  const split = (word: string, dropout?: MergeDropout) => {
    const pieces = mergeAll(charactersOf(word), rankOf, dropout);
    return isKnown ? pieces.flatMap(takeApart) : pieces;
  };
  const cache = new Map<string, readonly string[]>();
  return {
    encode(word, dropout) {
      if (dropout && dropout.rate > 0) return split(word, dropout);
      let pieces = cache.get(word);
      if (!pieces) {
        if (cache.size >= cacheSize) cache.clear();
        cache.set(word, (pieces = split(word)));
      }
      return pieces;
    },
  };
}

type RankOf = (left: string, right: string) => number;

function mergeAll(word: string[], rankOf: RankOf, dropout: MergeDropout | undefined): readonly string[] {
  let pieces = word;
  while (pieces.length > 1) {
    const ranks = pieces.map((piece, i) => {
      const next = pieces[i + 1];
      const rank = next === undefined ? Infinity : rankOf(piece, next);
      return rank < Infinity && dropout && dropout.random() < dropout.rate ? Infinity : rank;
    });
    const first = ranks.reduce((least, rank) => Math.min(least, rank), Infinity);
    if (first === Infinity) break;
    const merged: string[] = [];
    for (let i = 0; i < pieces.length; i++) {
      const fits = ranks[i] === first;
      merged.push(fits ? pieces[i]! + pieces[i + 1]! : pieces[i]!);
      if (fits) i += 1;
    }
    pieces = merged;
  }
  return pieces;
}
