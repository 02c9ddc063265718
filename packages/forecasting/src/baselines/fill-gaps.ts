import { impute } from '../imputation.js';

/**
 * A history without missing values, for methods that need every step: a gap gets what came a season earlier, or the line
 * between its ends where there is no season.
 *
 * @param values - NaN = missing, but for the first; returned as it is if nothing is missing
 */
export function fillGaps(values: Float64Array, seasonality: number): Float64Array {
  if (!values.some(Number.isNaN)) return values;
  const kind = seasonality > 1 ? 'seasonal' : 'linear';
  return impute(values, { kind, seasonality, from: 0, to: values.length });
}
