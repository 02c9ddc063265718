/**
 * The n-grams of the references of one sentence, to be looked up. Symbols have numbers, and so have n-grams; an n-gram is known
 * by the number of its first n − 1 symbols and its last one. So no text is joined, and a hypothesis is read only as far as it agrees.
 */
export class ReferenceNgrams {
  readonly #maximumOrder: number;
  readonly #symbols = new Map<string, number>();
  readonly #ngrams = new Map<number, number>();
  /** `[n-gram]`, from 1: the most often that a reference has it */
  readonly #counts: number[] = [0];
  /** `[n-gram]`: its order, from 0 */
  readonly #orders: number[] = [0];

  /** @param references - symbols of each */
  constructor(maximumOrder: number, references: readonly (readonly string[])[]) {
    this.#maximumOrder = maximumOrder;
    for (const symbols of references) {
      for (const symbol of symbols) {
        if (!this.#symbols.has(symbol)) this.#symbols.set(symbol, this.#symbols.size);
      }
    }
    for (const symbols of references) this.#count(symbols);
  }

  /**
   * How many n-grams of each order occur in both, each at most as often as a reference has it.
   *
   * @returns `[maximumOrder]`
   */
  matches(symbols: readonly string[]): Float64Array {
    const matched = new Float64Array(this.#maximumOrder);
    const left = this.#counts.slice();
    const numbers = symbols.map((symbol) => this.#symbols.get(symbol));
    const width = this.#symbols.size;
    for (let start = 0; start < numbers.length; start++) {
      const end = Math.min(numbers.length, start + this.#maximumOrder);
      for (let i = start, ngram = 0; i < end; i++) {
        const number = numbers[i];
        const found = number === undefined ? undefined : this.#ngrams.get(ngram * width + number);
        if (found === undefined) break;
        ngram = found;
        if (left[ngram]!-- > 0) matched[this.#orders[ngram]!]!++;
      }
    }
    return matched;
  }

  #count(symbols: readonly string[]): void {
    const numbers = symbols.map((symbol) => this.#symbols.get(symbol)!);
    const width = this.#symbols.size;
    const counts: number[] = [];
    for (let start = 0; start < numbers.length; start++) {
      const end = Math.min(numbers.length, start + this.#maximumOrder);
      for (let i = start, ngram = 0; i < end; i++) {
        ngram = this.#ngramOf(ngram * width + numbers[i]!, i - start);
        const count = (counts[ngram] ?? 0) + 1;
        counts[ngram] = count;
        if (count > this.#counts[ngram]!) this.#counts[ngram] = count;
      }
    }
  }

  #ngramOf(key: number, order: number): number {
    const known = this.#ngrams.get(key);
    if (known !== undefined) return known;
    this.#orders.push(order);
    const number = this.#counts.push(0) - 1;
    this.#ngrams.set(key, number);
    return number;
  }
}
