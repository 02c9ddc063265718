import type { RecognitionModel, RecognizeOptions, Transcript } from '../types.js';
import { createBeamSearch } from './beam-search.js';
import { createGreedySearch } from './greedy-search.js';
import { beamSearchOptions } from './search-options.js';

/** What a CTC model writes while its log-probabilities come in pieces; pieces of any length give what the whole gives. */
export interface TranscriptSearch {
  /** @param logProbabilities - `[step, symbols]`, natural logarithms */
  push(logProbabilities: Float32Array): void;
  /** what was said so far, best first; a word that goes on is in it, not yet scored as a word. @param count - at most; 1 unless set */
  best(count?: number): readonly Transcript[];
  /** the same of the whole, with the last word and the end scored. Nothing is pushed after it */
  end(count?: number): readonly Transcript[];
}

export type SearchOptions = Pick<
  RecognizeOptions,
  'beam' | 'nBest' | 'languageModel' | 'languageWeight' | 'insertionBonus' | 'lexicon'
>;
export type SearchedModel = Pick<RecognitionModel, 'config' | 'facts'>;

/**
 * How a model writes: greedily where the beam is 1 and neither several transcripts, a language model nor a lexicon are asked for, else by
 * prefix beam search. What `options` leave out is that of `decoding` in the model's configuration; a beam of 1 there becomes 16 where
 * a search is needed.
 *
 * @throws {ConfigError} `config/search` for a number that cannot be used @throws {DataError} `data/lexicon` if none of its words can be written
 */
export function createTranscriptSearch(model: SearchedModel, options: SearchOptions = {}): TranscriptSearch {
  const search = beamSearchOptions(model, options);
  const isGreedy = search.beam === 1 && !search.languageModel && !search.lexicon;
  return isGreedy ? createGreedySearch(search) : createBeamSearch(search);
}

/**
 * What a CTC model writes of one recording, best first, `nBest` at most.
 *
 * @param logProbabilities - `[step, symbols]`, natural logarithms
 * @throws as `createTranscriptSearch`
 */
export function decodeTranscripts(
  logProbabilities: Float32Array,
  model: SearchedModel,
  options: SearchOptions = {},
): readonly Transcript[] {
  const search = createTranscriptSearch(model, options);
  search.push(logProbabilities);
  return search.end(options.nBest);
}
