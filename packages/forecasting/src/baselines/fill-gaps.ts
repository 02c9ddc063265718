/**
 * A history without missing values, for methods that need every step: on the line between the nearest observations of the
 * same phase of the season, before and after; where a phase was never observed, between the nearest of any phase. At an
 * end the one nearest observation stands alone.
 *
 * @param values - NaN = missing, at least one value; returned as it is if nothing is missing
 */
export function fillGaps(values: Float64Array, seasonality: number): Float64Array {
  if (!values.some(Number.isNaN)) return values;
  const filled = seasonality > 1 ? interpolate(values, seasonality) : values;
  return interpolate(filled, 1);
}

/** Within each phase of `stride` steps; a phase without a value stays as it is. */
function interpolate(values: Float64Array, stride: number): Float64Array {
  const filled = values.slice();
  for (let phase = 0; phase < stride; phase++) {
    let before = -1;
    for (let step = phase; step < values.length; step += stride) {
      if (Number.isNaN(values[step]!)) continue;
      for (let gap = before < 0 ? phase : before + stride; gap < step; gap += stride) {
        const share = before < 0 ? 1 : (gap - before) / (step - before);
        filled[gap] = before < 0 ? values[step]! : values[before]! + share * (values[step]! - values[before]!);
      }
      before = step;
    }
    if (before < 0) continue;
    for (let step = before + stride; step < values.length; step += stride) filled[step] = values[before]!;
  }
  return filled;
}
