import type { UnitScorer } from '../symbol-scorer.js';
import { spaceWord, type NGramModel, type NGramState } from './n-gram-model.js';

/** An n-gram model for a search: of words, or of characters with the space among them. */
export function nGramScorer(model: NGramModel): UnitScorer<NGramState> {
  const idOf = (unit: string) => model.id(model.unit === 'character' && unit === ' ' ? spaceWord : unit);
  return {
    name: model.name,
    unit: model.unit === 'word' ? 'word' : 'symbol',
    start: () => model.start(),
    score: (state, units) => units.map((unit) => model.next(state, idOf(unit))),
    end: (state) => model.next(state, model.endId).logProbability,
  };
}
