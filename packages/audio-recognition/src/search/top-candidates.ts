/** The highest scores of many, with a number for each; the first of equal ones. A heap whose lowest is on top. */
export class TopCandidates {
  readonly codes: Int32Array;
  readonly #scores: Float64Array;
  #count = 0;

  /** @param size - how many are kept */
  constructor(size: number) {
    this.codes = new Int32Array(size);
    this.#scores = new Float64Array(size);
  }

  get count(): number {
    return this.#count;
  }

  /** a score must be above it to be kept */
  get lowest(): number {
    return this.#count < this.codes.length ? -Infinity : this.#scores[0]!;
  }

  clear(): void {
    this.#count = 0;
  }

  offer(score: number, code: number): void {
    if (!(score > this.lowest)) return;
    if (this.#count < this.codes.length) this.#rise(this.#count++, score, code);
    else this.#sink(score, code);
  }

  #rise(from: number, score: number, code: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#scores[above]! <= score) break;
      this.#put(at, this.#scores[above]!, this.codes[above]!);
      at = above;
    }
    this.#put(at, score, code);
  }

  /** In place of the lowest. */
  #sink(score: number, code: number): void {
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.#count) break;
      if (below + 1 < this.#count && this.#scores[below + 1]! < this.#scores[below]!) below++;
      if (this.#scores[below]! >= score) break;
      this.#put(at, this.#scores[below]!, this.codes[below]!);
      at = below;
    }
    this.#put(at, score, code);
  }

  #put(at: number, score: number, code: number): void {
    this.#scores[at] = score;
    this.codes[at] = code;
  }
}
