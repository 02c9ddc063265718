import type { DataConfig } from './config.js';

export type ImputationKind = DataConfig['imputation'];

export interface ImputeOptions {
  readonly kind: ImputationKind;
  /** steps of a season, for `seasonal` */
  readonly seasonality: number;
  /** the first step that is wanted */
  readonly from: number;
  /** the step after the last one; nothing from there on is looked at */
  readonly to: number;
}

/**
 * A stretch of a series with something in place of what is missing:
 *
 *   forward    the last real value before it        mean   the mean of all values before the gap
 *   linear     between the values at either end    zero   0
 *   seasonal   the value one season earlier, or so many seasons earlier as are needed; else forward
 *
 * All but `linear` look only back, so what they fill in is what was known then. What has nothing before it stays NaN.
 *
 * @returns `[to − from]`
 */
export function impute(values: Float64Array, { kind, seasonality, from, to }: ImputeOptions): Float64Array {
  const filled = values.slice(from, to);
  if (!filled.some(Number.isNaN)) return filled;
  if (kind === 'zero') return filled.map((value) => (Number.isNaN(value) ? 0 : value));
  const fill = kind === 'mean' ? fillWithMean : fillForward;
  if (kind === 'seasonal') fillFromSeason(values, filled, { seasonality, from });
  fill(values, filled, from);
  if (kind === 'linear') straighten(values, filled, from);
  return filled;
}

function fillForward(values: Float64Array, filled: Float64Array, from: number): void {
  let last = lastBefore(values, from);
  for (let i = 0; i < filled.length; i++) {
    const value = values[from + i]!;
    if (!Number.isNaN(value)) last = value;
    else if (Number.isNaN(filled[i]!)) filled[i] = last;
  }
}

function lastBefore(values: Float64Array, step: number): number {
  let at = step - 1;
  while (at >= 0 && Number.isNaN(values[at]!)) at -= 1;
  return at >= 0 ? values[at]! : NaN;
}

function fillWithMean(values: Float64Array, filled: Float64Array, from: number): void {
  let [sum, count] = [0, 0];
  for (let step = 0; step < from + filled.length; step++) {
    const value = values[step]!;
    if (!Number.isNaN(value)) {
      sum += value;
      count += 1;
    } else if (step >= from && count > 0) filled[step - from] = sum / count;
  }
}

function fillFromSeason(
  values: Float64Array,
  filled: Float64Array,
  { seasonality, from }: { readonly seasonality: number; readonly from: number },
): void {
  for (let i = 0; i < filled.length; i++) {
    if (!Number.isNaN(filled[i]!)) continue;
    let step = from + i - seasonality;
    while (step >= 0 && Number.isNaN(values[step]!)) step -= seasonality;
    if (step >= 0) filled[i] = values[step]!;
  }
}

/** Gaps with a value at either end; the others keep what came before them. */
function straighten(values: Float64Array, filled: Float64Array, from: number): void {
  let before = from - 1;
  while (before >= 0 && Number.isNaN(values[before]!)) before -= 1;
  for (let step = from; step < from + filled.length; step++) {
    const value = values[step]!;
    if (Number.isNaN(value)) continue;
    if (before >= 0 && before < step - 1) {
      const [start, slope] = [values[before]!, (value - values[before]!) / (step - before)];
      for (let gap = Math.max(before + 1, from); gap < step; gap++) filled[gap - from] = start + slope * (gap - before);
    }
    before = step;
  }
}
