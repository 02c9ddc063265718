import type { BeamSearchOptions } from './search-options.js';
import { rootNode, type PrefixTree } from './prefix-tree.js';

/** What it means for the score of a text to be a symbol longer, and to end. */
export interface PrefixScorer {
  /** no symbol can add more */
  readonly maximum: number;
  /** Readies `increment` for these nodes, all at once where the language model likes that. */
  prepare(nodes: Int32Array): void;
  /** the same for some symbols after a node */
  prepareSymbols(node: number, symbols: Int32Array): void;
  /** α·ln p(symbol | text) + β, or what of it there is before a word is complete; −Infinity where the lexicon forbids it */
  increment(node: number, symbol: number): number;
  /** Sets what belongs to a new node. */
  enter(node: number, increment: number): void;
  /** what the last word and the end add; −Infinity in the middle of a word of the lexicon */
  final(node: number): number;
}

/** Nothing but β for each symbol. */
export function plainScorer(tree: PrefixTree, bonus: number): PrefixScorer {
  return {
    maximum: bonus,
    prepare: () => undefined,
    prepareSymbols: () => undefined,
    increment: () => bonus,
    enter: (node, increment) => (tree.bonus[node] = tree.bonus[tree.parent[node]!]! + increment),
    final: () => 0,
  };
}

/**
 * With a language model, a lexicon or both. Words are scored when they are complete: after a space or at the end; so an empty word, from
 * two spaces, is forbidden. β is added for each word where there are words, else for each symbol.
 */
export class LanguageScorer implements PrefixScorer {
  readonly maximum: number;
  readonly #tree: PrefixTree;
  readonly #options: BeamSearchOptions;
  readonly #weight: number;
  readonly #bonus: number;
  readonly #space: number;
  /** the language model is asked at every symbol, not at every space */
  readonly #bySymbol: boolean;
  /** symbols make words between spaces, which count as words */
  readonly #bySpace: boolean;

  constructor(tree: PrefixTree, options: BeamSearchOptions) {
    const { symbols, unit, languageModel, lexicon, languageWeight = 1, insertionBonus = 0 } = options;
    this.#tree = tree;
    this.#options = options;
    this.#weight = languageWeight;
    this.#bonus = insertionBonus;
    this.#space = unit === 'character' && symbols.has(' ') ? symbols.id(' ') : -1;
    this.#bySymbol = languageModel !== undefined && (unit === 'word' || languageModel.unit === 'symbol');
    this.#bySpace = unit === 'character' && (lexicon !== undefined || languageModel?.unit === 'word');
    this.maximum = Math.max(0, insertionBonus);
  }

  prepare(nodes: Int32Array): void {
    const { languageModel } = this.#options;
    if (!this.#bySymbol || !languageModel?.prepare) return;
    const fresh = Array.from(nodes).filter((node) => !this.#tree.scores[node]);
    if (fresh.length > 0) languageModel.prepare(fresh.map((node) => this.#tree.states[node]));
  }

  prepareSymbols(node: number, symbols: Int32Array): void {
    const { languageModel, symbols: vocabulary } = this.#options;
    if (!this.#bySymbol || !languageModel) return;
    const scores = (this.#tree.scores[node] ??= {
      logProbabilities: new Float64Array(vocabulary.size).fill(NaN),
      states: [],
    });
    const asked = Array.from(symbols).filter((symbol) => Number.isNaN(scores.logProbabilities[symbol]));
    if (asked.length === 0) return;
    const answers = languageModel.score(
      this.#tree.states[node],
      asked.map((symbol) => vocabulary.token(symbol)),
    );
    asked.forEach((symbol, i) => {
      scores.logProbabilities[symbol] = answers[i]!.logProbability;
      scores.states[symbol] = answers[i]!.state;
    });
  }

  increment(node: number, symbol: number): number {
    const { lexicon, unit } = this.#options;
    const isSpace = symbol === this.#space;
    if (lexicon && unit === 'word' && lexicon.next(0, symbol) < 0) return -Infinity;
    if (this.#bySpace && isSpace) return this.#wordScore(node).increment + this.#symbolIncrement(node, symbol);
    if (this.#bySpace && lexicon && lexicon.next(this.#tree.lexiconNode[node]!, symbol) < 0) return -Infinity;
    return this.#symbolIncrement(node, symbol) + (this.#bySpace ? 0 : this.#bonus);
  }

  enter(node: number, increment: number): void {
    const { lexicon } = this.#options;
    const tree = this.#tree;
    const parent = tree.parent[node]!;
    const symbol = tree.symbol[node]!;
    const isSpace = symbol === this.#space;
    tree.bonus[node] = tree.bonus[parent]! + increment;
    if (this.#bySymbol) tree.states[node] = tree.scores[parent]!.states[symbol];
    else tree.states[node] = this.#bySpace && isSpace ? tree.words[parent]!.state : tree.states[parent];
    if (lexicon && this.#bySpace) {
      tree.lexiconNode[node] = isSpace ? 0 : lexicon.next(tree.lexiconNode[parent]!, symbol);
    }
  }

  final(node: number): number {
    const { languageModel } = this.#options;
    const goesOn = this.#bySpace && node !== rootNode && this.#tree.symbol[node] !== this.#space;
    const word = goesOn ? this.#wordScore(node) : { increment: 0, state: this.#tree.states[node] };
    const state = this.#bySymbol ? this.#tree.states[node] : word.state;
    if (word.increment === -Infinity || !languageModel) return word.increment;
    return word.increment + this.#weighted(languageModel.end(state));
  }

  #symbolIncrement(node: number, symbol: number): number {
    return this.#bySymbol ? this.#weighted(this.#tree.scores[node]!.logProbabilities[symbol]!) : 0;
  }

  /** The word that goes on, were it complete. */
  #wordScore(node: number) {
    return (this.#tree.words[node] ??= this.#scoreWord(node));
  }

  #scoreWord(node: number) {
    const { symbols, lexicon, languageModel } = this.#options;
    const tree = this.#tree;
    const letters: string[] = [];
    for (let at = node; at !== rootNode && tree.symbol[at] !== this.#space; at = tree.parent[at]!) {
      letters.push(symbols.token(tree.symbol[at]!));
    }
    const state = tree.states[node];
    const isAllowed = letters.length > 0 && (!lexicon || lexicon.isWord(tree.lexiconNode[node]!));
    if (!isAllowed) return { increment: -Infinity, state };
    if (languageModel?.unit !== 'word') return { increment: this.#bonus, state };
    const answer = languageModel.score(state, [letters.toReversed().join('')])[0]!;
    return { increment: this.#weighted(answer.logProbability) + this.#bonus, state: answer.state };
  }

  /** −Infinity stays what it is with a weight of 0. */
  #weighted(logProbability: number): number {
    return this.#weight === 0 ? 0 : this.#weight * logProbability;
  }
}
