import { z } from 'zod';
import { CheckpointError, DataError } from '../errors.js';

/** Tokens with a meaning of their own; each is absent where a task does not need it. */
export interface SpecialTokens {
  readonly padding?: string | undefined;
  /** stands for every token that is not in the vocabulary */
  readonly unknown?: string | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

export interface VocabularyOptions {
  readonly specials?: SpecialTokens;
  /** rarer tokens are left out */
  readonly minimumCount?: number;
  /** only so many of the most frequent tokens are kept, special ones included; 0 = all */
  readonly maximumSize?: number;
}

/** The numbers of the format, for reading it back; written by `serialize`. */
const fileSchema = z.strictObject({
  format: z.literal('unroll-vocabulary-1'),
  specials: z.strictObject({
    padding: z.string().optional(),
    unknown: z.string().optional(),
    start: z.string().optional(),
    end: z.string().optional(),
  }),
  tokens: z.array(z.string()).min(1),
});

/** Tokens and their ids, 0 … size − 1. Does not change once made. */
export class Vocabulary {
  /** by id */
  readonly tokens: readonly string[];
  readonly specials: SpecialTokens;
  readonly #ids: ReadonlyMap<string, number>;

  constructor(tokens: readonly string[], specials: SpecialTokens = {}) {
    this.tokens = Object.freeze([...tokens]);
    this.specials = Object.freeze({ ...specials });
    this.#ids = new Map(tokens.map((token, id) => [token, id]));
  }

  /**
   * The vocabulary of counted tokens: special tokens that were not counted, in the order padding, unknown, start, end,
   * then the counted ones by falling count and, within a count, by code units. So the same counts give the same ids.
   *
   * A special token that the data itself holds (`<unk>` in the Penn Treebank) is one token, not two.
   */
  static fromCounts(counts: ReadonlyMap<string, number>, options: VocabularyOptions = {}): Vocabulary {
    const { specials = {}, minimumCount = 1, maximumSize = 0 } = options;
    const named = [specials.padding, specials.unknown, specials.start, specials.end];
    const special = new Set(named.filter((token) => token !== undefined));
    const first = [...special].filter((token) => !counts.has(token));
    const ranked = [...counts].filter(([token, count]) => special.has(token) || count >= minimumCount).sort(byCount);
    const kept = maximumSize > 0 ? keepMostFrequent(ranked, special, maximumSize - first.length) : ranked;
    return new Vocabulary([...first, ...kept.map(([token]) => token)], specials);
  }

  /**
   * Reads what `serialize` wrote.
   *
   * @param name - of the file, for messages
   * @throws {CheckpointError} `checkpoint/vocabulary` if it is no vocabulary, or a token is there twice
   */
  static parse(text: string, name: string): Vocabulary {
    const parsed = fileSchema.safeParse(readJson(text));
    if (!parsed.success) {
      throw new CheckpointError(
        'checkpoint/vocabulary',
        `${name} is no vocabulary file; use the one saved with the model`,
      );
    }
    const { tokens, specials } = parsed.data;
    const vocabulary = new Vocabulary(tokens, specials);
    const damaged =
      vocabulary.#ids.size !== tokens.length ||
      Object.values(specials).some((token) => token !== undefined && !vocabulary.#ids.has(token));
    if (!damaged) return vocabulary;
    const message = `${name} is damaged: a token is there twice, or a special one is missing`;
    throw new CheckpointError('checkpoint/vocabulary', message);
  }

  get size(): number {
    return this.tokens.length;
  }

  get paddingId(): number | undefined {
    return this.#specialId(this.specials.padding);
  }

  get unknownId(): number | undefined {
    return this.#specialId(this.specials.unknown);
  }

  get startId(): number | undefined {
    return this.#specialId(this.specials.start);
  }

  get endId(): number | undefined {
    return this.#specialId(this.specials.end);
  }

  has(token: string): boolean {
    return this.#ids.has(token);
  }

  /**
   * The token's id, or the unknown token's.
   *
   * @throws {DataError} `data/unknown-token` if neither is there
   */
  id(token: string): number {
    const id = this.#ids.get(token) ?? this.unknownId;
    if (id !== undefined) return id;
    const message = `${JSON.stringify(token)} is not in the vocabulary, which has no token for unknown ones`;
    throw new DataError('data/unknown-token', message);
  }

  /** @throws {RangeError} for an id that is none: a bug of the caller */
  token(id: number): string {
    const token = this.tokens[id];
    if (token === undefined) throw new RangeError(`id ${id} is not among 0 … ${this.size - 1}`);
    return token;
  }

  /** JSON text for `parse`. */
  serialize(): string {
    const file = { format: 'unroll-vocabulary-1', specials: this.specials, tokens: this.tokens };
    return `${JSON.stringify(file, null, 1)}\n`;
  }

  /**
   * 16 hexadecimal digits that differ between vocabularies, in order too: a model keeps those of its own, so that
   * another's is noticed. FNV-1a, 64 bits.
   */
  fingerprint(): string {
    let hash = 0xcbf29ce484222325n;
    for (const byte of new TextEncoder().encode(JSON.stringify(this.tokens))) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    }
    return hash.toString(16).padStart(16, '0');
  }

  #specialId(token: string | undefined): number | undefined {
    return token === undefined ? undefined : this.#ids.get(token);
  }
}

type Counted = readonly [token: string, count: number];

function byCount([a, countA]: Counted, [b, countB]: Counted): number {
  return countB - countA || (a < b ? -1 : 1);
}

function keepMostFrequent(ranked: readonly Counted[], special: ReadonlySet<string>, room: number): readonly Counted[] {
  let free = room - ranked.filter(([token]) => special.has(token)).length;
  return ranked.filter(([token]) => special.has(token) || free-- > 0);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
