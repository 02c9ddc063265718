import type { OriginLosses } from './evaluation/origin-losses.js';
import type { Scores } from './evaluation/tally.js';

/** Whether one forecaster is better than another, and whether that may be chance. */
export interface Comparison {
  readonly name: string;
  readonly against: string;
  /** the score that was compared */
  readonly loss: string;
  readonly value: number;
  readonly againstValue: number;
}

interface ComparisonOptions {
  readonly results: readonly { readonly name: string; readonly overall: Scores }[];
  readonly losses: readonly OriginLosses[];
  readonly loss: string;
  /** origins that overlap a window's horizon, itself included */
  readonly overlap: number;
}

/** Compares the first forecaster with the best of the others. */
export function compareForecasters({ results, loss }: ComparisonOptions): Comparison | undefined {
  const [first, ...others] = results.map(({ name, overall }) => ({ name, value: overall[loss] ?? Infinity }));
  const best = others.sort((a, b) => a.value - b.value || 0)[0];
  if (!first || !best) return undefined;
  return { name: first.name, against: best.name, loss, value: first.value, againstValue: best.value };
}
