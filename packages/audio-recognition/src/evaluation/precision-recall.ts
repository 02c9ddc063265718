import type { ClassCounts } from './confusion.js';

export interface PrecisionRecall {
  /** in 0 … 1 */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 *   P = matched / predicted     R = matched / gold     F1 = 2 · matched / (gold + predicted)
 *
 * each 0 where it would divide by 0.
 */
export function precisionRecall({ gold, predicted, matched }: Omit<ClassCounts, 'name'>): PrecisionRecall {
  return {
    precision: share(matched, predicted),
    recall: share(matched, gold),
    f1: share(2 * matched, gold + predicted),
  };
}

/** The mean F1 of the classes that occur in truth or prediction; 0 of none. */
export function macroF1(counts: readonly Omit<ClassCounts, 'name'>[]): number {
  const present = counts.filter(({ gold, predicted }) => gold + predicted > 0);
  return share(
    present.reduce((sum, one) => sum + precisionRecall(one).f1, 0),
    present.length,
  );
}

export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
