import { beginnings, orderByKey, type Level } from './levels.js';

/** N-grams of one length as a text has them. */
export interface CountedLevel extends Level {
  /** `[n-gram]`, how often it is in the text */
  readonly counts: Int32Array;
  /** `[n-gram]`, in how many ways it goes on to the left: different words before it */
  readonly continuations: Int32Array;
  /** `[n-gram]`: node of the level below of its words but the first; empty of level 1 */
  readonly suffixes: Int32Array;
  /** `[n-gram]`: node of the level below of its words but the last; empty of level 1 */
  readonly prefixes: Int32Array;
}

export interface CountOptions {
  readonly order: number;
  /** ids are 0 … words − 1 */
  readonly words: number;
  /** of `</s>`, which no n-gram goes on after */
  readonly endId: number;
}

/**
 * All n-grams of a text up to a length, inside sentences. Places of the text are sorted by their next word, length by length, which
 * takes time that grows with the text and not faster.
 *
 * @param ids - sentences one after the other, each from `<s>` to `</s>`
 */
export function countNGrams(ids: Int32Array, { order, words, endId }: CountOptions): readonly CountedLevel[] {
  const single = countWords(ids, words);
  const levels: CountedLevel[] = [single];
  /** `[place]`: node of the n-gram that begins there, of the length before */
  let nodes = ids;
  let places: Int32Array = Int32Array.from(ids.keys());
  for (let length = 2; length <= order; length++) {
    places = places.filter((place) => ids[place + length - 2] !== endId);
    const below = levels.at(-1)!;
    const next = longerLevel({ ids, nodes, places, length, words, below });
    levels[levels.length - 1] = { ...below, begin: beginnings(next.level.prefixes, below.words.length) };
    for (const suffix of next.level.suffixes) below.continuations[suffix]!++;
    levels.push(next.level);
    nodes = next.nodes;
  }
  return levels;
}

function countWords(ids: Int32Array, words: number): CountedLevel {
  const counts = new Int32Array(words);
  for (const id of ids) counts[id]!++;
  const empty = new Int32Array();
  return {
    words: Int32Array.from(counts.keys()),
    counts,
    continuations: new Int32Array(words),
    suffixes: empty,
    prefixes: empty,
  };
}

interface LongerOptions {
  readonly ids: Int32Array;
  readonly nodes: Int32Array;
  readonly places: Int32Array;
  readonly length: number;
  readonly words: number;
  readonly below: Level;
}

function longerLevel({ ids, nodes, places, length, words, below }: LongerOptions) {
  const lastWords = places.map((place) => ids[place + length - 1]!);
  const prefixOf = places.map((place) => nodes[place]!);
  const order = orderByKey(prefixOf, below.words.length, orderByKey(lastWords, words));
  const isNew = (i: number) =>
    i === 0 || prefixOf[order[i]!] !== prefixOf[order[i - 1]!] || lastWords[order[i]!] !== lastWords[order[i - 1]!];
  let size = 0;
  for (let i = 0; i < order.length; i++) if (isNew(i)) size++;
  const level = {
    words: new Int32Array(size),
    counts: new Int32Array(size),
    continuations: new Int32Array(size),
    suffixes: new Int32Array(size),
    prefixes: new Int32Array(size),
  };
  const nodesOfPlaces = new Int32Array(ids.length);
  let node = -1;
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    const place = places[at]!;
    if (isNew(i)) {
      node++;
      level.words[node] = lastWords[at]!;
      level.prefixes[node] = prefixOf[at]!;
      level.suffixes[node] = nodes[place + 1]!;
    }
    level.counts[node]!++;
    nodesOfPlaces[place] = node;
  }
  return { level, nodes: nodesOfPlaces };
}
