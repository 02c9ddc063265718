import { PairHeap } from './pair-heap.js';
import { canMerge, charactersOf, type Merge } from './pieces.js';

export interface LearnOptions {
  /** merges to learn at most */
  readonly merges: number;
  /** learning ends where the most frequent pair is rarer; 2 unless set */
  readonly minimumFrequency?: number | undefined;
}

/**
 * Byte-pair encoding: again and again the two neighbouring pieces that are most frequent become one, beginning with the code points
 * of each word. Between equally frequent pairs the last by code units is taken, as in subword-nmt; so the same words give the same
 * merges.
 *
 * Counts of pairs are kept, not made anew: a merge touches only the words that have it.
 *
 * @param words - how often each word occurs
 * @see Sennrich, Haddow & Birch 2016, "Neural machine translation of rare words with subword units", algorithm 1
 */
export function learnBytePairs(
  words: ReadonlyMap<string, number>,
  { merges, minimumFrequency = 2 }: LearnOptions,
): readonly Merge[] {
  const pairs = new PairCounts(words);
  const learnt: Merge[] = [];
  while (learnt.length < merges) {
    const merge = pairs.takeMostFrequent(Math.max(1, minimumFrequency));
    if (!merge) break;
    learnt.push(merge);
  }
  return learnt;
}

interface Word {
  /** ids */
  pieces: number[];
  readonly count: number;
}

interface Pair {
  readonly left: number;
  readonly right: number;
  count: number;
  /** that have it, or had it */
  readonly words: Set<Word>;
}

class PairCounts {
  readonly #pieces: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #pairs = new Map<number, Pair>();
  readonly #heap = new PairHeap<Pair>((a, b) => this.#isLater(a, b));

  constructor(words: ReadonlyMap<string, number>) {
    for (const [text, count] of words) {
      this.#count({ pieces: charactersOf(text).map((piece) => this.#id(piece)), count }, 1);
    }
    for (const pair of this.#pairs.values()) this.#heap.push(pair, pair.count);
  }

  /** Merges the most frequent pair everywhere. @returns absent if none is frequent enough */
  takeMostFrequent(minimumFrequency: number): Merge | undefined {
    const pair = this.#mostFrequent();
    if (!pair || pair.count < minimumFrequency) return undefined;
    const [first, second] = this.#piecesOf(pair);
    const joined = this.#id(first + second);
    const changed = new Set<Pair>();
    for (const word of pair.words) {
      const pieces = replacePair(word.pieces, pair, joined);
      if (pieces.length === word.pieces.length) continue;
      this.#count(word, -1);
      word.pieces = pieces;
      this.#count(word, 1, changed);
    }
    pair.words.clear();
    for (const each of changed) this.#heap.push(each, each.count);
    return [first, second];
  }

  #mostFrequent(): Pair | undefined {
    for (;;) {
      const top = this.#heap.pop();
      if (!top) return undefined;
      const { item, count } = top;
      if (!canMerge(this.#piecesOf(item))) continue;
      if (item.count === count) return item;
      // Counts that have fallen since come again in their place; those that have risen are there already.
      if (item.count < count && item.count > 0) this.#heap.push(item, item.count);
    }
  }

  /** Adds the pairs of a word to the counts, or takes them away. @param changed - receives what was added */
  #count(word: Word, sign: 1 | -1, changed?: Set<Pair>): void {
    const { pieces, count } = word;
    for (let i = 1; i < pieces.length; i++) {
      const pair = this.#pair(pieces[i - 1]!, pieces[i]!);
      pair.count += sign * count;
      if (sign > 0) {
        pair.words.add(word);
        changed?.add(pair);
      }
    }
  }

  #pair(left: number, right: number): Pair {
    const key = left * 2 ** 26 + right;
    let pair = this.#pairs.get(key);
    if (!pair) this.#pairs.set(key, (pair = { left, right, count: 0, words: new Set() }));
    return pair;
  }

  #id(piece: string): number {
    let id = this.#ids.get(piece);
    if (id === undefined) this.#ids.set(piece, (id = this.#pieces.push(piece) - 1));
    return id;
  }

  #piecesOf({ left, right }: Pair): Merge {
    return [this.#pieces[left]!, this.#pieces[right]!];
  }

  #isLater(a: Pair, b: Pair): boolean {
    const [firstA, secondA] = this.#piecesOf(a);
    const [firstB, secondB] = this.#piecesOf(b);
    return firstA === firstB ? secondA > secondB : firstA > firstB;
  }
}

/** From the left, so that of three equal pieces the first two become one. */
function replacePair(pieces: readonly number[], { left, right }: Pair, joined: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const fits = pieces[i] === left && pieces[i + 1] === right;
    out.push(fits ? joined : pieces[i]!);
    if (fits) i += 1;
  }
  return out;
}
