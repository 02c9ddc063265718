/** Bounds of α, so that a level neither stands still nor forgets everything. */
const [lowest, highest] = [1e-4, 0.9999];
/** Cells of the first, even search; what is found there is refined. */
const cells = 24;

export interface SimpleSmoothing {
  readonly alpha: number;
  /** after the last value: the forecast of every step ahead */
  readonly level: number;
  /** root mean square of the one-step errors, less two degrees of freedom; NaN from fewer than three values */
  readonly sigma: number;
}

/**
 * Simple exponential smoothing with the α and the initial level of the least squares.
 *
 *   e(t) = y(t) − ℓ(t−1)      ℓ(t) = ℓ(t−1) + α·e(t)
 *
 * For a given α the errors are linear in ℓ(0), whose best value is therefore known; so only α is searched for: on an even
 * grid first, since the sum of squares may have several minima, then by golden sections beside the best point.
 *
 * @param values - without missing values
 */
export function fitSimpleSmoothing(values: Float64Array): SimpleSmoothing {
  const base = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - base);
  const at = (i: number) => lowest + ((highest - lowest) * i) / cells;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= cells; i++) {
    const { squares } = smooth(centred, at(i));
    if (squares < least) [best, least] = [i, squares];
  }
  const squaresAt = (alpha: number) => smooth(centred, alpha).squares;
  const alpha = goldenSection(squaresAt, at(Math.max(0, best - 1)), at(Math.min(cells, best + 1)));
  const { level, squares } = smooth(centred, alpha);
  const freedom = values.length - 2;
  return { alpha, level: base + level, sigma: freedom > 0 ? Math.sqrt(squares / freedom) : Number.NaN };
}

/** The last level and the sum of squared errors from the best initial level. */
function smooth(values: Float64Array, alpha: number): { readonly level: number; readonly squares: number } {
  // From ℓ(0) = 0 the errors are ê, from ℓ(0) they are ê − w·ℓ(0) with w(t) = (1 − α)^(t−1).
  let level = 0;
  let weight = 1;
  let [errorSquares, products, weightSquares] = [0, 0, 0];
  for (let step = 0; step < values.length; step++) {
    const error = values[step]! - level;
    errorSquares += error * error;
    products += weight * error;
    weightSquares += weight * weight;
    level += alpha * error;
    weight *= 1 - alpha;
  }
  const initial = products / weightSquares;
  return { level: level + weight * initial, squares: Math.max(0, errorSquares - initial * products) };
}

/** The argument of a minimum between `low` and `high`, to about 1e-8 of their distance. */
function goldenSection(f: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  let [x, y] = [b - ratio * (b - a), a + ratio * (b - a)];
  let [fx, fy] = [f(x), f(y)];
  for (let i = 0; i < 38; i++) {
    if (fx <= fy) {
      [b, y, fy] = [y, x, fx];
      x = b - ratio * (b - a);
      fx = f(x);
    } else {
      [a, x, fx] = [x, y, fy];
      y = a + ratio * (b - a);
      fy = f(y);
    }
  }
  return fx <= fy ? x : y;
}
