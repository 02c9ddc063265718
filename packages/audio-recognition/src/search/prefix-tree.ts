/** What a scorer said of the symbols after a prefix; NaN where it was not asked yet. */
export interface SymbolScores {
  readonly logProbabilities: Float64Array;
  readonly states: unknown[];
}

/** A word that would be complete after a prefix: what it adds to the score, and the scorer's state after it. */
export interface WordScore {
  readonly increment: number;
  readonly state: unknown;
}

/** the prefix without symbols */
export const rootNode = 0;

/**
 * Prefixes that a search has met, each one symbol longer than its parent, with what belongs to them whatever the sound. Node 0 is empty; a
 * parent's number is lower than its children's. Prefixes that nothing alive begins with are let go from time to time.
 */
export class PrefixTree {
  parent = new Int32Array(64);
  /** the last symbol; −1 of the root */
  symbol = new Int32Array(64).fill(-1);
  /** place among the prefixes that are alive, −1 for others */
  slot = new Int32Array(64).fill(-1);
  /** α·ln p(text) + β·units */
  bonus = new Float64Array(64);
  /** where the word that goes on stands in the lexicon */
  lexiconNode = new Int32Array(64);
  /** of the language model */
  states: unknown[];
  scores: (SymbolScores | undefined)[] = [];
  words: (WordScore | undefined)[] = [];
  #firstChild = new Int32Array(64).fill(-1);
  #sibling = new Int32Array(64).fill(-1);
  #size = 1;
  #roomy = 4096;

  /** @param state - of the language model at the beginning */
  constructor(state: unknown) {
    this.states = [state];
  }

  /** The prefix with one more symbol, or −1. */
  child(node: number, symbol: number): number {
    let child = this.#firstChild[node]!;
    while (child >= 0 && this.symbol[child] !== symbol) child = this.#sibling[child]!;
    return child;
  }

  /** Makes the prefix with one more symbol; what belongs to it is for the caller to set. */
  add(node: number, symbol: number): number {
    if (this.#size === this.parent.length) this.#resize(this.#size * 2);
    const child = this.#size++;
    this.parent[child] = node;
    this.symbol[child] = symbol;
    this.slot[child] = -1;
    this.#firstChild[child] = -1;
    this.#sibling[child] = this.#firstChild[node]!;
    this.#firstChild[node] = child;
    return child;
  }

  /** Symbols from the first to the last. */
  symbolsOf(node: number): Int32Array {
    let length = 0;
    for (let at = node; at !== rootNode; at = this.parent[at]!) length++;
    const symbols = new Int32Array(length);
    for (let at = node; at !== rootNode; at = this.parent[at]!) symbols[--length] = this.symbol[at]!;
    return symbols;
  }

  /**
   * Where there are many prefixes, keeps those that one alive begins with, and numbers them anew.
   *
   * @param alive - nodes; new numbers are written over the old ones
   */
  tidy(alive: Int32Array): void {
    if (this.#size < this.#roomy) return;
    const number = new Int32Array(this.#size);
    for (const node of alive)
      for (let at = node; at !== rootNode && number[at] === 0; at = this.parent[at]!) number[at] = 1;
    let size = 1;
    for (let node = 1; node < this.#size; node++) {
      if (number[node] === 0) continue;
      number[node] = size;
      this.#move(node, size++, number);
    }
    for (let i = 0; i < alive.length; i++) alive[i] = number[alive[i]!]!;
    this.#size = size;
    for (const list of [this.states, this.scores, this.words]) list.length = Math.min(list.length, size);
    this.#linkChildren();
    this.#roomy = Math.max(4096, 2 * size);
  }

  #move(from: number, to: number, number: Int32Array): void {
    this.parent[to] = number[this.parent[from]!]!;
    for (const list of [this.symbol, this.slot, this.bonus, this.lexiconNode]) list[to] = list[from]!;
    this.states[to] = this.states[from];
    this.scores[to] = this.scores[from];
    this.words[to] = this.words[from];
  }

  #linkChildren(): void {
    this.#firstChild.fill(-1);
    for (let node = 1; node < this.#size; node++) {
      const parent = this.parent[node]!;
      this.#sibling[node] = this.#firstChild[parent]!;
      this.#firstChild[parent] = node;
    }
  }

  #resize(size: number): void {
    this.parent = grown(this.parent, new Int32Array(size));
    this.symbol = grown(this.symbol, new Int32Array(size));
    this.slot = grown(this.slot, new Int32Array(size));
    this.bonus = grown(this.bonus, new Float64Array(size));
    this.lexiconNode = grown(this.lexiconNode, new Int32Array(size));
    this.#firstChild = grown(this.#firstChild, new Int32Array(size));
    this.#sibling = grown(this.#sibling, new Int32Array(size));
  }
}

function grown<List extends Int32Array | Float64Array>(from: List, to: List): List {
  to.set(from);
  return to;
}
