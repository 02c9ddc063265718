import { childOf, type Level } from './levels.js';

/** Words with a meaning of their own, as ARPA files spell them. */
export const specialWords = { unknown: '<unk>', start: '<s>', end: '</s>' } as const;
/** How a space is spelt where characters are the words. */
export const spaceWord = '<space>';

/** What words are: words between spaces, or single characters. */
export type NGramUnit = 'word' | 'character';

/** N-grams of one length with their numbers. */
export interface ScoredLevel extends Level {
  /** `[n-gram]`, log₁₀ p(last word | words before) */
  readonly logProbabilities: Float32Array;
  /** `[n-gram]`, log₁₀ of the back-off weight of these words as a context; absent of the longest */
  readonly backOffs?: Float32Array;
}

/** The nodes of the last words: entry k is that of the last k + 1 words, −1 where these are no n-gram. A value, never changed. */
export type NGramState = Int32Array;

/**
 * An n-gram language model with back-off: with h the words before, h′ these without the first, and b the weight of h (1 where it is no n-gram)
 *
 *   p(w | h) = what is stored for h w, or b(h) · p(w | h′) where nothing is
 */
export class NGramModel {
  /** for messages */
  readonly name: string;
  readonly unit: NGramUnit;
  /** by id */
  readonly words: readonly string[];
  /** by length − 1 */
  readonly levels: readonly ScoredLevel[];
  readonly unknownId: number;
  readonly startId: number;
  readonly endId: number;
  readonly #ids: ReadonlyMap<string, number>;

  /** @param parts - `words` hold the special ones; level 1 has an entry for each */
  constructor(parts: {
    readonly name: string;
    readonly unit: NGramUnit;
    readonly words: readonly string[];
    readonly levels: readonly ScoredLevel[];
  }) {
    this.name = parts.name;
    this.unit = parts.unit;
    this.words = parts.words;
    this.levels = parts.levels;
    this.#ids = new Map(parts.words.map((word, id) => [word, id]));
    this.unknownId = this.#ids.get(specialWords.unknown)!;
    this.startId = this.#ids.get(specialWords.start)!;
    this.endId = this.#ids.get(specialWords.end)!;
  }

  /** words of the longest n-grams */
  get order(): number {
    return this.levels.length;
  }

  /** The word's id, or that of `<unk>`; `<s>` and `</s>` are no words of a text. */
  id(word: string): number {
    const id = this.#ids.get(word);
    return id === undefined || id === this.startId || id === this.endId ? this.unknownId : id;
  }

  /** After the beginning of a sentence. */
  start(): NGramState {
    return this.order === 1 ? new Int32Array() : Int32Array.of(this.startId);
  }

  /** ln p(word | state), and the state after the word. @param word - an id */
  next(state: NGramState, word: number): { readonly logProbability: number; readonly state: NGramState } {
    const nodes = new Int32Array(Math.min(state.length + 1, this.order - 1));
    let found = 0;
    let length = 0;
    for (let k = 0; k <= state.length; k++) {
      const node = k === 0 ? word : this.#child(k, state[k - 1]!, word);
      if (k < nodes.length) nodes[k] = node;
      if (node < 0) continue;
      found = node;
      length = k;
    }
    let sum = this.levels[length]!.logProbabilities[found]!;
    for (let k = length; k < state.length; k++) {
      if (state[k]! >= 0) sum += this.levels[k]!.backOffs![state[k]!]!;
    }
    // a state ends with the longest context that there is
    return { logProbability: sum * Math.LN10, state: nodes.subarray(0, Math.min(nodes.length, length + 1)) };
  }

  #child(length: number, node: number, word: number): number {
    return node < 0 ? -1 : childOf(this.levels[length - 1]!, this.levels[length]!, { node, word });
  }
}
