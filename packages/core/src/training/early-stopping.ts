import type { Task } from './task.js';

/** How long a score has not got better. */
export interface Patience {
  best: number | null;
  evaluationsWithoutImprovement: number;
}

interface Comparison {
  readonly better: Task<never>['bestScore']['better'];
  /** in the score's own unit */
  readonly minimumImprovement: number;
}

/** Is `score` better than `best`? The first score is, unless it is not a number; NaN never is. */
export function improves(score: number, best: number | null, { better, minimumImprovement }: Comparison): boolean {
  if (Number.isNaN(score)) return false;
  if (best === null) return true;
  const gain = better === 'lower' ? best - score : score - best;
  return gain > 0 && gain >= minimumImprovement;
}

/** The patience after one more score. */
export function observe(patience: Patience, score: number, comparison: Comparison): Patience {
  return improves(score, patience.best, comparison)
    ? { best: score, evaluationsWithoutImprovement: 0 }
    : { best: patience.best, evaluationsWithoutImprovement: patience.evaluationsWithoutImprovement + 1 };
}
