import { fillGaps } from '../fill-gaps.js';
import { seasonalIndices } from '../seasonal-adjustment.js';
import type { EtsForm } from './form.js';
import { places } from './smoothing-pass.js';

/**
 * A guess at the state before step 0, from which the search starts: the pattern of a classical decomposition, level and
 * slope of a line through the first seasons without it. Coefficients are 0, φ is 1.
 *
 * @param values - NaN = missing
 * @param steps - of a season, where the form has one
 */
export function initialStates(form: EtsForm, values: Float64Array, steps: number): Float64Array {
  const seasonality = form.season === 'none' ? 1 : steps;
  const filled = fillGaps(values, seasonality);
  const multiplied = form.season === 'multiplicative';
  const season = form.season === 'none' ? [] : seasonalIndices(filled, { seasonality, multiplicative: multiplied });
  const length = Math.min(filled.length, Math.max(10, 2 * seasonality));
  const adjusted = filled.subarray(0, length).map((value, step) => {
    if (season.length === 0) return value;
    const index = season[step % seasonality]!;
    return multiplied ? value / index : value - index;
  });
  const centre = (length - 1) / 2;
  const mean = adjusted.reduce((sum, value) => sum + value, 0) / length;
  const squares = adjusted.reduce((sum, _, step) => sum + (step - centre) ** 2, 0);
  const products = adjusted.reduce((sum, value, step) => sum + (step - centre) * (value - mean), 0);
  const slope = form.trend === 'none' || squares === 0 ? 0 : products / squares;
  const level = mean - slope * (centre + 1);
  const state = new Float64Array(places.season + season.length);
  state[places.phi] = 1;
  // What multiplies has to start above zero.
  state[places.level] = form.error === 'multiplicative' ? Math.max(level, 0.1 * mean) : level;
  state[places.trend] = slope;
  state.set(season, places.season);
  return state;
}
