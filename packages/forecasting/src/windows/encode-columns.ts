import { impute } from '../imputation.js';
import { applyScaling } from '../scaling.js';
import type { Column, Scaling } from '../types.js';

/** A category takes a place for each of its values, a real number one. */
export function columnsWidth(columns: readonly Column[]): number {
  return columns.reduce((width, { categories }) => width + (categories?.length ?? 1), 0);
}

export interface EncodeTarget {
  /** `[rows, width]`; zeros where nothing is written */
  readonly rows: Float32Array;
  readonly width: number;
  /** the place in a row of the first column */
  readonly offset: number;
  readonly columns: readonly Column[];
  /** `[column]` */
  readonly scalings: readonly Scaling[];
}

/**
 * Writes covariates of the steps from `from` on: real numbers scaled, categories one-hot. A gap keeps the value before
 * it, so that nothing of the future gets in; what has none before it, or lies beyond the end, stays 0: the mean, or no category.
 *
 * @param values - `[column][step]`
 */
export function encodeColumns(values: readonly Float64Array[], from: number, target: EncodeTarget): void {
  const { rows, width, columns, scalings } = target;
  let { offset } = target;
  for (const [place, { categories }] of columns.entries()) {
    const column = values[place]!;
    const to = Math.min(column.length, from + rows.length / width);
    const filled = impute(column, { kind: 'forward', seasonality: 1, from, to: Math.max(from, to) });
    filled.forEach((value, row) => {
      if (Number.isNaN(value)) return;
      if (categories) rows[row * width + offset + value] = 1;
      else rows[row * width + offset] = applyScaling(scalings[place]!, value);
    });
    offset += categories?.length ?? 1;
  }
}

/** Values of a series that do not change: `[width]`. */
export function encodeStatic(
  values: Float64Array,
  columns: readonly Column[],
  scalings: readonly Scaling[],
): Float32Array {
  const width = columnsWidth(columns);
  const rows = new Float32Array(width);
  const columnsOfOne = Array.from(values, (value) => Float64Array.of(value));
  encodeColumns(columnsOfOne, 0, { rows, width, offset: 0, columns, scalings });
  return rows;
}
