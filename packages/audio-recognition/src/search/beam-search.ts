import { decodeTranscript } from '../transcripts.js';
import type { Transcript } from '../types.js';
import { LanguageScorer, plainScorer, type PrefixScorer } from './prefix-scorer.js';
import { PrefixTree, rootNode } from './prefix-tree.js';
import { checkSteps, type BeamSearchOptions } from './search-options.js';
import { TopCandidates } from './top-candidates.js';
import type { TranscriptSearch } from './transcript-search.js';

/**
 * Prefix beam search: of each prefix of a text, the probability of all alignments that write it, apart by whether they end in a blank.
 * With lₜ the log-probabilities of step t, ⊕ the logarithm of a sum, and s the last symbol of prefix y:
 *
 *   blankₜ(y)  = lₜ(blank) + (blankₜ₋₁(y) ⊕ symbolₜ₋₁(y))
 *   symbolₜ(y) = lₜ(s) + (symbolₜ₋₁(y) ⊕ from(y without s)),  from(x) = blankₜ₋₁(x) where x ends in s, else blankₜ₋₁(x) ⊕ symbolₜ₋₁(x)
 *   score(y)   = (blank(y) ⊕ symbol(y)) + α·ln p_language(y) + β·units(y)
 *
 * After each step the `beam` prefixes of the highest score stay. Where that is all of them, `logProbability` is exact and the first transcript
 * the most likely one; a narrower search sums over what it followed.
 *
 * @see Graves & Jaitly 2014, algorithm 1; Hannun et al. 2014, "First-pass large vocabulary continuous speech recognition using
 * bi-directional recurrent DNNs", algorithm 1
 */
export function createBeamSearch(options: BeamSearchOptions): TranscriptSearch {
  const search = new BeamSearch(options);
  return {
    push: (logProbabilities) => search.push(logProbabilities),
    best: (count = 1) => search.best(count),
    end: (count = 1) => search.end(count),
  };
}

class BeamSearch {
  readonly #options: BeamSearchOptions;
  readonly #symbols: number;
  readonly #tree: PrefixTree;
  readonly #scorer: PrefixScorer;
  readonly #threshold: number;
  readonly #candidates: TopCandidates;
  /** symbols that a step may begin something with */
  readonly #likely: Int32Array;
  /** `[alive, symbol]`: the step in which that prefix was alive already */
  readonly #claimed: Int32Array;
  #step = 0;
  #alive: Int32Array = Int32Array.of(rootNode);
  #blank: Float64Array = Float64Array.of(0);
  #symbol: Float64Array = Float64Array.of(-Infinity);

  constructor(options: BeamSearchOptions) {
    const { symbols, beam, minimumProbability = 0, languageModel, lexicon, insertionBonus = 0 } = options;
    this.#options = options;
    this.#symbols = symbols.size;
    this.#tree = new PrefixTree(languageModel?.start());
    this.#tree.slot[rootNode] = 0;
    const hasLanguage = languageModel !== undefined || lexicon !== undefined;
    this.#scorer = hasLanguage ? new LanguageScorer(this.#tree, options) : plainScorer(this.#tree, insertionBonus);
    this.#threshold = Math.log(minimumProbability);
    this.#candidates = new TopCandidates(beam);
    this.#likely = new Int32Array(symbols.size);
    this.#claimed = new Int32Array(beam * symbols.size);
  }

  push(logProbabilities: Float32Array): void {
    const steps = checkSteps(logProbabilities, this.#symbols);
    for (let t = 0; t < steps; t++)
      this.#advance(logProbabilities.subarray(t * this.#symbols, (t + 1) * this.#symbols));
  }

  best(count: number): readonly Transcript[] {
    return this.#ranked(
      Array.from(this.#alive, (node, i) => ({ node, i, final: 0 })),
      count,
    );
  }

  end(count: number): readonly Transcript[] {
    const complete = this.#transcripts(count, (node) => node);
    // in the middle of a word of the lexicon all that is known are the words before
    return complete.length > 0 ? complete : this.#transcripts(count, (node) => this.#wholeWords(node));
  }

  #advance(step: Float32Array): void {
    this.#step++;
    const likely = this.#likelySymbols(step);
    const stay = this.#stay(step);
    this.#candidates.clear();
    for (let i = 0; i < this.#alive.length; i++) {
      this.#candidates.offer(logSum(stay.blank[i]!, stay.symbol[i]!) + this.#tree.bonus[this.#alive[i]!]!, -1 - i);
    }
    this.#scorer.prepare(this.#alive);
    for (let i = 0; i < this.#alive.length; i++) this.#offerLonger(i, step, likely);
    // a step in which nothing is possible, of a model that computes no numbers any more, says nothing
    if (this.#candidates.count > 0) this.#keep(step, stay);
  }

  #likelySymbols(step: Float32Array): Int32Array {
    let count = 0;
    for (let symbol = 1; symbol < this.#symbols; symbol++) {
      if (step[symbol]! >= this.#threshold) this.#likely[count++] = symbol;
    }
    return this.#likely.subarray(0, count);
  }

  /** Probabilities of the prefixes that are alive after one more step; those that another one becomes by its last symbol get its share, too. */
  #stay(step: Float32Array) {
    const [alive, tree] = [this.#alive, this.#tree];
    const blank = new Float64Array(alive.length);
    const symbol = new Float64Array(alive.length);
    for (let i = 0; i < alive.length; i++) {
      const node = alive[i]!;
      const last = tree.symbol[node]!;
      blank[i] = this.#total(i) + step[0]!;
      symbol[i] = node === rootNode ? -Infinity : this.#symbol[i]! + step[last]!;
      const parent = node === rootNode ? -1 : tree.slot[tree.parent[node]!]!;
      if (parent < 0 || !(step[last]! >= this.#threshold)) continue;
      symbol[i] = logSum(symbol[i]!, this.#before(parent, last) + step[last]!);
      this.#claimed[parent * this.#symbols + last] = this.#step;
    }
    return { blank, symbol };
  }

  #offerLonger(i: number, step: Float32Array, likely: Int32Array): void {
    const node = this.#alive[i]!;
    const bonus = this.#tree.bonus[node]!;
    const total = this.#total(i);
    const room = this.#candidates.lowest - bonus - this.#scorer.maximum;
    const worthwhile = likely.filter((symbol) => total + step[symbol]! > room);
    if (worthwhile.length === 0) return;
    this.#scorer.prepareSymbols(node, worthwhile);
    for (const symbol of worthwhile) {
      if (this.#claimed[i * this.#symbols + symbol] === this.#step) continue;
      const score = this.#before(i, symbol) + step[symbol]! + bonus;
      if (score + this.#scorer.maximum <= this.#candidates.lowest) continue;
      this.#candidates.offer(score + this.#scorer.increment(node, symbol), i * this.#symbols + symbol);
    }
  }

  #keep(step: Float32Array, stay: { readonly blank: Float64Array; readonly symbol: Float64Array }): void {
    const { count, codes } = this.#candidates;
    const [before, tree] = [this.#alive, this.#tree];
    const alive = new Int32Array(count);
    const blank = new Float64Array(count);
    const symbol = new Float64Array(count);
    for (let k = 0; k < count; k++) {
      const code = codes[k]!;
      const i = code < 0 ? -1 - code : Math.floor(code / this.#symbols);
      const added = code % this.#symbols;
      alive[k] = code < 0 ? before[i]! : this.#longer(before[i]!, added);
      blank[k] = code < 0 ? stay.blank[i]! : -Infinity;
      symbol[k] = code < 0 ? stay.symbol[i]! : this.#before(i, added) + step[added]!;
    }
    for (const node of before) tree.slot[node] = -1;
    tree.tidy(alive);
    alive.forEach((node, k) => (tree.slot[node] = k));
    [this.#alive, this.#blank, this.#symbol] = [alive, blank, symbol];
  }

  #longer(node: number, symbol: number): number {
    const known = this.#tree.child(node, symbol);
    if (known >= 0) return known;
    const increment = this.#scorer.increment(node, symbol);
    const child = this.#tree.add(node, symbol);
    this.#scorer.enter(child, increment);
    return child;
  }

  #total(i: number): number {
    return logSum(this.#blank[i]!, this.#symbol[i]!);
  }

  /** What a prefix brings to the one that is `symbol` longer: a repeated symbol needs a blank between. */
  #before(i: number, symbol: number): number {
    return this.#tree.symbol[this.#alive[i]!] === symbol ? this.#blank[i]! : this.#total(i);
  }

  /** The longest beginning of a prefix that can be all. */
  #wholeWords(node: number): number {
    let whole = node;
    while (whole !== rootNode && this.#scorer.final(whole) === -Infinity) whole = this.#tree.parent[whole]!;
    return whole;
  }

  /** @param written - of what is alive, the prefix that is given as its text */
  #transcripts(count: number, written: (node: number) => number): readonly Transcript[] {
    const ended = Array.from(this.#alive, (alive, i) => {
      const node = written(alive);
      return { node, i, final: this.#scorer.final(node) };
    });
    return this.#ranked(ended, count);
  }

  /** @param ended - prefixes, whose probability each is, and what their end adds */
  #ranked(
    ended: readonly { readonly node: number; readonly i: number; readonly final: number }[],
    count: number,
  ): readonly Transcript[] {
    const ranked = ended
      .map(({ node, i, final }) => {
        const logProbability = this.#total(i);
        return { node, logProbability, score: logProbability + this.#tree.bonus[node]! + final };
      })
      .filter(({ score }) => score > -Infinity)
      .sort((a, b) => b.score - a.score);
    const found = new Map<string, Transcript>();
    for (const { node, logProbability, score } of ranked) {
      if (found.size === count) break;
      const ids = this.#tree.symbolsOf(node);
      const text = decodeTranscript(ids, this.#options.symbols, this.#options.unit);
      if (!found.has(text)) found.set(text, { text, ids, score, logProbability });
    }
    return [...found.values()];
  }
}

/** ln(eᵃ + eᵇ) */
function logSum(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
