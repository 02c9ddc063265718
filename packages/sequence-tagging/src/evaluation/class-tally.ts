import { itemKey, precisionRecall, type MatchCounts, type PrecisionRecall, type ScoredItem } from '../metrics.js';
import type { ClassAverages, ClassScores } from './result.js';

interface Counts {
  matched: number;
  gold: number;
  predicted: number;
}

/** Counts items by class over sentences. */
export class ClassTally {
  readonly #counts = new Map<string, Counts>();

  add(gold: readonly ScoredItem[], predicted: readonly ScoredItem[]): void {
    const keys = new Set(gold.map(itemKey));
    for (const { type } of gold) this.#of(type).gold++;
    for (const item of predicted) {
      const counts = this.#of(item.type);
      counts.predicted++;
      if (keys.has(itemKey(item))) counts.matched++;
    }
  }

  /** by falling count in truth, then in prediction, then by name */
  classes(): readonly ClassScores[] {
    return Array.from(this.#counts, ([name, counts]) => ({ name, ...counts, ...precisionRecall(counts) })).sort(
      (a, b) => b.gold - a.gold || b.predicted - a.predicted || (a.name < b.name ? -1 : 1),
    );
  }

  averages(): ClassAverages {
    const classes = this.classes();
    const sum = (counted: keyof MatchCounts) => classes.reduce((total, one) => total + one[counted], 0);
    const counts = { matched: sum('matched'), gold: sum('gold'), predicted: sum('predicted') };
    return {
      micro: precisionRecall(counts),
      macro: weightedMean(classes, () => 1),
      weighted: weightedMean(classes, ({ gold }) => gold),
    };
  }

  #of(name: string): Counts {
    let counts = this.#counts.get(name);
    if (!counts) this.#counts.set(name, (counts = { matched: 0, gold: 0, predicted: 0 }));
    return counts;
  }
}

function weightedMean(classes: readonly ClassScores[], weight: (one: ClassScores) => number): PrecisionRecall {
  const all = classes.reduce((total, one) => total + weight(one), 0);
  const mean = (score: keyof PrecisionRecall) =>
    all === 0 ? 0 : classes.reduce((total, one) => total + weight(one) * one[score], 0) / all;
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}
