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
  readonly #width: number;
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
    this.#replacement = replacement;
    this.#reference = reference;
    this.#length = length;
    this.#width = reference.length + 1;
    this.#kept = new Int32Array((length + 1) * this.#width).fill(unreached);
    this.#other = this.#kept.slice();
    for (let j = 0; j < this.#width; j++) this.#kept[j] = j;
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
    const [table, width] = [this.#kept, this.#width];
    let [i, j] = [this.#length, width - 1];
    while (i > 0 || j > 0) {
      const here = table[i * width + j]!;
      const same = i > 0 && j > 0 && hypothesis[i - 1] === this.#reference[j - 1];
      if (i > 0 && j > 0 && table[(i - 1) * width + j - 1]! + (same ? 0 : this.#replacement) === here) {
        edits.push(same ? 'same' : 'replace');
        i--;
        j--;
      } else if (i > 0 && table[(i - 1) * width + j]! + 1 === here) {
        edits.push('remove');
        i--;
      } else {
        edits.push('insert');
        j--;
      }
    }
    return edits.toReversed();
  }

  #fillRow(above: Int32Array, table: Int32Array, { i, word }: { readonly i: number; readonly word: number }): void {
    const [width, reference, replacement] = [this.#width, this.#reference, this.#replacement];
    const { from, to } = this.#columns(i);
    const [row, previous] = [i * width, (i - 1) * width];
    let left = unreached;
    for (let j = from; j < to; j++) {
      let best = j === 0 ? unreached : above[previous + j - 1]! + (word === reference[j - 1] ? 0 : replacement);
      const up = above[previous + j]! + 1;
      if (up < best) best = up;
      if (left + 1 < best) best = left + 1;
      left = best;
      table[row + j] = best;
    }
  }

  /** Those of row i that are looked at; of the last row all up to the end. */
  #columns(i: number): { readonly from: number; readonly to: number } {
    const ratio = (this.#width - 1) / this.#length;
    // a beam as wide as a step is steep, or rows would not meet
    const beam = beamWidth < ratio / 2 ? Math.ceil(ratio / 2 + beamWidth) : beamWidth;
    const diagonal = Math.floor(i * ratio);
    const to = i === this.#length ? this.#width : Math.min(this.#width, diagonal + beam);
    return { from: Math.max(0, diagonal - beam), to };
  }
}
