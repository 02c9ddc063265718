import { ConfigError, ShapeError, type Vocabulary } from '@unroll/core';
import type { DataConfig } from '../config.js';
import { normalizeTranscript } from '../transcripts.js';
import type { SymbolScorer } from '../types.js';
import { createLexicon, type Lexicon } from './lexicon.js';
import type { SearchedModel, SearchOptions } from './transcript-search.js';

/** What a prefix beam search is made of. */
export interface BeamSearchOptions {
  /** `<blank>` = 0 */
  readonly symbols: Vocabulary;
  /** what symbols are: words, or characters that make words between spaces */
  readonly unit: DataConfig['unit'];
  /** prefixes that are kept after each step */
  readonly beam: number;
  /** symbols of a step that are less likely begin nothing; 0 unless set */
  readonly minimumProbability?: number | undefined;
  readonly languageModel?: SymbolScorer | undefined;
  /** α; 1 unless set */
  readonly languageWeight?: number | undefined;
  /** β; 0 unless set */
  readonly insertionBonus?: number | undefined;
  /** words that may be written; all unless set */
  readonly lexicon?: Lexicon | undefined;
}

/** where the configuration says greedy, but what is asked for needs a search */
const searchBeam = 16;

/** The options of a call over the configuration of the model. @throws {ConfigError} `config/search` @throws {DataError} `data/lexicon` */
export function beamSearchOptions({ config, facts }: SearchedModel, options: SearchOptions): BeamSearchOptions {
  const { decoding, data } = config;
  const { nBest = 1, languageModel, lexicon } = options;
  const { languageWeight = decoding.languageWeight, insertionBonus = decoding.insertionBonus } = options;
  const needsSearch = languageModel !== undefined || lexicon !== undefined || nBest > 1;
  const { beam = needsSearch && decoding.beam === 1 ? searchBeam : decoding.beam } = options;
  requireWhole('beam', beam);
  requireWhole('nBest', nBest);
  requireFinite('languageWeight', languageWeight);
  requireFinite('insertionBonus', insertionBonus);
  return {
    symbols: facts.symbols,
    unit: data.unit,
    beam: Math.max(beam, nBest),
    minimumProbability: decoding.minimumProbability,
    languageModel,
    languageWeight,
    insertionBonus,
    lexicon: lexicon && lexiconOf(lexicon, facts.symbols, data),
  };
}

/** Lexicons by their words: a large one is not made anew for every recording. */
const lexicons = new WeakMap<readonly string[], { readonly symbols: Vocabulary; readonly lexicon: Lexicon }>();

function lexiconOf(words: readonly string[], symbols: Vocabulary, data: DataConfig): Lexicon {
  const known = lexicons.get(words);
  if (known?.symbols === symbols) return known.lexicon;
  const lexicon = createLexicon(
    words.map((word) => normalizeTranscript(word, data)),
    symbols,
    data.unit,
  );
  lexicons.set(words, { symbols, lexicon });
  return lexicon;
}

/** @returns steps of `[step, symbols]` @throws {ShapeError} `shape/mismatch` where that does not come out even */
export function checkSteps(logProbabilities: Float32Array, symbols: number): number {
  const steps = logProbabilities.length / symbols;
  if (Number.isInteger(steps)) return steps;
  const message = `log-probabilities must be [step, ${symbols}], got ${logProbabilities.length} numbers`;
  throw new ShapeError('shape/mismatch', message);
}

function requireWhole(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new ConfigError('config/search', `${name} must be a whole number of at least 1, got ${value}`);
}

function requireFinite(name: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new ConfigError('config/search', `${name} must be a finite number, got ${value}`);
}
