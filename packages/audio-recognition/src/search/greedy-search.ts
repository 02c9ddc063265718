import { joinRepetitions } from '@unroll/core';
import { decodeTranscript } from '../transcripts.js';
import type { BeamSearchOptions } from './search-options.js';
import { checkSteps } from './search-options.js';
import type { TranscriptSearch } from './transcript-search.js';

/**
 * The best symbol of each step, repetitions joined, blanks left out: the text of the single most likely alignment, whose
 * logarithm of probability is its score. A beam of 1 is another thing: it sums the alignments of the one prefix it keeps.
 *
 * @see Graves et al. 2006, section 3.2, best path decoding
 */
export function createGreedySearch({ symbols, unit }: Pick<BeamSearchOptions, 'symbols' | 'unit'>): TranscriptSearch {
  const ids: number[] = [];
  const join = joinRepetitions();
  let score = 0;
  // Live sound asks after every piece, of which most say nothing new.
  let written = { text: '', ids: new Int32Array() };
  const best = () => {
    if (written.ids.length < ids.length) {
      written = { text: decodeTranscript(ids, symbols, unit), ids: Int32Array.from(ids) };
    }
    return [{ ...written, score, logProbability: score }];
  };
  return {
    push: (logProbabilities) => {
      const steps = checkSteps(logProbabilities, symbols.size);
      for (let t = 0; t < steps; t++) {
        const id = indexOfMaximum(logProbabilities, t * symbols.size, symbols.size);
        score += logProbabilities[t * symbols.size + id]!;
        const begins = join(id);
        if (begins !== undefined) ids.push(begins);
      }
    },
    best,
    end: best,
  };
}

/** Counted from `begin`; the first of equal ones. */
function indexOfMaximum(values: Float32Array, begin: number, size: number): number {
  let best = 0;
  for (let i = 1; i < size; i++) if (values[begin + i]! > values[begin + best]!) best = i;
  return best;
}
