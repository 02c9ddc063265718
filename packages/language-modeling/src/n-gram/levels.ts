/**
 * The n-grams of one length, sorted by what comes before their last word, then by that word: a level of a trie whose nodes are n-grams.
 * The node of a single word is the word's id.
 */
export interface Level {
  /** `[n-gram]`, the last word */
  readonly words: Int32Array;
  /** `[n-gram + 1]`: those that are one word longer begin at this node of the next level; absent of the longest */
  readonly begin?: Int32Array | undefined;
}

/** The node of the next level that has `word` after this one's words, or −1. */
export function childOf({ begin }: Level, { words }: Level, { node, word }: { node: number; word: number }): number {
  let low = begin![node]!;
  let high = begin![node + 1]! - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = words[middle]!;
    if (found === word) return middle;
    if (found < word) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Indices 0 … n − 1 by rising key; equal keys stay in the order of `of`, or of the indices. @param range - keys are 0 … range − 1 */
export function orderByKey(keys: Int32Array, range: number, of?: Int32Array): Int32Array {
  const next = new Int32Array(range + 1);
  for (const key of keys) next[key + 1]!++;
  for (let key = 0; key < range; key++) next[key + 1]! += next[key]!;
  const order = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const index = of ? of[i]! : i;
    order[next[keys[index]!]!++] = index;
  }
  return order;
}

/** Where the children of each node begin. @param parents - `[child]`, rising @param nodes - how many nodes there are */
export function beginnings(parents: Int32Array, nodes: number): Int32Array {
  const begin = new Int32Array(nodes + 1);
  for (const parent of parents) begin[parent + 1]!++;
  for (let node = 0; node < nodes; node++) begin[node + 1]! += begin[node]!;
  return begin;
}
