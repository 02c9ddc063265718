import type { ModelConfig } from './config.js';
import type { TaggingFacts } from './types.js';
import { casingId, lettersOf, suffixOf, wordKey } from './word-features.js';

/**
 * Distinct tokens, and the ids of all that a model reads of each: most tokens of a text repeat, so each is looked up and
 * cut into letters once.
 */
export class Spellings {
  /** ids by number of the spelling */
  readonly words: readonly number[];
  readonly casing: readonly number[];
  /** `[suffix length][spelling]` */
  readonly suffixes: readonly (readonly number[])[];
  readonly #facts: Pick<TaggingFacts, 'words' | 'characters' | 'suffixes'>;
  readonly #model: ModelConfig;
  readonly #numbers = new Map<string, number>();
  readonly #words: number[] = [];
  readonly #casing: number[] = [];
  readonly #suffixes: readonly number[][];
  readonly #letters: number[] = [];
  /** where the letters of a spelling end */
  readonly #ends: number[] = [];

  constructor(facts: Pick<TaggingFacts, 'words' | 'characters' | 'suffixes'>, model: ModelConfig) {
    this.#facts = facts;
    this.#model = model;
    this.#suffixes = model.suffixes.map(() => []);
    this.words = this.#words;
    this.casing = this.#casing;
    this.suffixes = this.#suffixes;
  }

  get size(): number {
    return this.#numbers.size;
  }

  /** The number of a token, which is taken in if it is new. */
  add(token: string): number {
    const known = this.#numbers.get(token);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    const { words, characters, suffixes } = this.#facts;
    this.#numbers.set(token, number);
    this.#words.push(words.id(wordKey(token, this.#model.words)));
    this.#casing.push(casingId(token));
    suffixes.forEach((vocabulary, i) =>
      this.#suffixes[i]!.push(vocabulary.id(suffixOf(token, this.#model.suffixes[i]!))),
    );
    for (const letter of lettersOf(token)) this.#letters.push(characters.id(letter));
    // An empty token has a letter, too, or its vector would be the maximum or the last state of nothing.
    if (token === '') this.#letters.push(characters.unknownId!);
    this.#ends.push(this.#letters.length);
    return number;
  }

  /** How many letters a spelling has. */
  length(number: number): number {
    return this.#ends[number]! - (this.#ends[number - 1] ?? 0);
  }

  /** Id of a letter of a spelling. */
  letter(number: number, place: number): number {
    return this.#letters[(this.#ends[number - 1] ?? 0) + place]!;
  }
}
