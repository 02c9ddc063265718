/** columns to either side of the diagonal that are looked at */
const beamWidth = 25;
/** more than any distance, and small enough that 1 more is no overflow */
const unreached = 2 ** 29;

/** How to get from one word list to the other: the same word, another, one of the hypothesis too many, one too few. */
export type Edit = 'same' | 'replace' | 'remove' | 'insert';

/** Words as numbers, the same for the same word. */
export function numberWords(...texts: readonly (readonly string[])[]): readonly Int32Array[] {
  const numbers = new Map<string, number>();
  const numberOf = (word: string) => {
    const known = numbers.get(word) ?? numbers.size;
    numbers.set(word, known);
    return known;
  };
  return texts.map((words) => Int32Array.from(words, numberOf));
}

/** The fewest words to remove and insert that make one list of words the other, first to last; a replacement is one of each. */
export function editsOf(hypothesis: readonly string[], reference: readonly string[]): readonly Edit[] {
  const [from, to] = numberWords(hypothesis, reference) as [Int32Array, Int32Array];
  const distances = new BeamEditDistance(to, from.length, { replacement: 2 });
  distances.set(from);
  return distances.edits(from);
}

/**
 * Edit distances of many hypotheses of one length to one reference, near the diagonal alone, as tercom has it. Rows of the table that belong
 * to the last `set` hypothesis are kept, so that one which agrees with it up to some word is computed from there on.
 *
 *   D[i][j] = min(D[i−1][j−1] + (hᵢ ≠ rⱼ), D[i−1][j] + 1, D[i][j−1] + 1)     in this order of preference
 */
export class BeamEditDistance {
  readonly #reference: Int32Array;
  readonly #length: number;
  readonly #replacement: number;
  /** columns of each row that are looked at: `#from[i]` … `#to[i]` − 1 */
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  /** where column 0 of each row would be, if it were kept */
  readonly #offsets: Int32Array;
  readonly #kept: Int32Array;
  readonly #other: Int32Array;

  /**
   * @param reference - number of each word
   * @param length - words of a hypothesis
   * @param options - `replacement`: its cost; 1 unless set
   */
  constructor(
    reference: Int32Array,
    length: number,
    { replacement = 1 }: { readonly replacement?: number | undefined } = {},
  ) {
    this.#reference = reference;
    this.#length = length;
    this.#replacement = replacement;
    const columns = reference.length + 1;
    const ratio = reference.length / length;
    // a beam as wide as a step is steep, or rows would not meet
    const beam = beamWidth < ratio / 2 ? Math.ceil(ratio / 2 + beamWidth) : beamWidth;
    const rows = Array.from({ length: length + 1 }, (_, i) => {
      const diagonal = Math.floor(i * ratio);
      const isWhole = i === 0 || i === length;
      return {
        from: i === 0 ? 0 : Math.max(0, diagonal - beam),
        to: isWhole ? columns : Math.min(columns, diagonal + beam),
      };
    });
    this.#from = Int32Array.from(rows, ({ from }) => from);
    this.#to = Int32Array.from(rows, ({ to }) => to);
    let size = 0;
    this.#offsets = Int32Array.from(rows, ({ from, to }) => (size += to - from) - to);
    this.#kept = new Int32Array(size);
    for (let j = 0; j < columns; j++) this.#kept[j] = j;
    this.#other = this.#kept.slice();
  }

  /** Keeps the table of this hypothesis. @returns its distance */
  set(hypothesis: Int32Array): number {
    for (let i = 1; i <= this.#length; i++) this.#fillRow(this.#kept, this.#kept, { i, word: hypothesis[i - 1]! });
    return this.#kept.at(-1)!;
  }

  /** Distance of a hypothesis that begins with `same` words of the kept one. */
  distance(hypothesis: Int32Array, same: number): number {
    if (same >= this.#length) return this.#kept.at(-1)!;
    for (let i = same + 1; i <= this.#length; i++) {
      this.#fillRow(i === same + 1 ? this.#kept : this.#other, this.#other, { i, word: hypothesis[i - 1]! });
    }
    return this.#other.at(-1)!;
  }

  /** The edits of the kept hypothesis, first to last. */
  edits(hypothesis: Int32Array): readonly Edit[] {
    const edits: Edit[] = [];
    let [i, j] = [this.#length, this.#reference.length];
    while (i > 0 || j > 0) {
      const here = this.#at(i, j);
      const same = i > 0 && j > 0 && hypothesis[i - 1] === this.#reference[j - 1];
      if (this.#at(i - 1, j - 1) + (same ? 0 : this.#replacement) === here) {
        edits.push(same ? 'same' : 'replace');
        i--;
        j--;
      } else if (this.#at(i - 1, j) + 1 === here) {
        edits.push('remove');
        i--;
      } else {
        edits.push('insert');
        j--;
      }
    }
    return edits.toReversed();
  }

  #at(i: number, j: number): number {
    return i >= 0 && j >= this.#from[i]! && j < this.#to[i]! ? this.#kept[this.#offsets[i]! + j]! : unreached;
  }

  #fillRow(above: Int32Array, table: Int32Array, { i, word }: { readonly i: number; readonly word: number }): void {
    const [reference, replacement] = [this.#reference, this.#replacement];
    const [from, to, offset] = [this.#from[i]!, this.#to[i]!, this.#offsets[i]!];
    const [fromAbove, toAbove, offsetAbove] = [this.#from[i - 1]!, this.#to[i - 1]!, this.#offsets[i - 1]!];
    let left = unreached;
    // rows never begin further left than the one above
    let diagonal = from > fromAbove && from <= toAbove ? above[offsetAbove + from - 1]! : unreached;
    for (let j = from; j < to; j++) {
      const up = j < toAbove ? above[offsetAbove + j]! : unreached;
      let best = j === 0 ? unreached : diagonal + (word === reference[j - 1] ? 0 : replacement);
      if (up + 1 < best) best = up + 1;
      if (left + 1 < best) best = left + 1;
      table[offset + j] = best;
      left = best;
      diagonal = up;
    }
  }
}
