import { cholesky, solveLeading } from './cholesky.js';
import { joinProducts, type WindowProducts } from './window-products.js';

/** Weights of the last changes for each step of a block. */
export interface Autoregression {
  /** `[step][lag]`: the change from the last value to step h is `Σ weights[h − 1][i]·d(T − i)` */
  readonly weights: readonly Float64Array[];
  /** `[step]`: root mean square of the errors, in units of a change */
  readonly errors: Float64Array;
}

/** Shares of the mean square of a change that are added to the squares of the lags, against weights that fit noise. */
const penalties = [1e-6, 1e-3, 1e-2, 0.1, 1] as const;

interface Equations {
  readonly windows: number;
  readonly size: number;
  /** `[lag, lag]`: products of changes, the newest first */
  readonly lags: Float64Array;
  /** `[step][lag]`: products of changes and of what the step is away from the last value */
  readonly targets: readonly Float64Array[];
  /** `[step]`: mean square of what the step is away from the last value, times the windows */
  readonly squares: Float64Array;
}

interface Choice {
  readonly order: number;
  readonly penalty: number;
}

/**
 * Least squares, one regression a step on the same lags. Order and penalty are those that forecast the late windows best
 * from the early ones, whose targets lie before theirs; the weights are then fitted to all windows.
 *
 * @param windows - products of changes `d`, `lags` before and `block` after the last value of a window, in the order of time
 * @param options.orders - to choose from, each at most `lags`
 */
export function fitAutoregression(
  windows: Readonly<Record<'early' | 'between' | 'late', WindowProducts>>,
  { lags, orders }: { readonly lags: number; readonly orders: readonly number[] },
): Autoregression {
  const all = equations(joinProducts(joinProducts(windows.early, windows.between), windows.late), lags);
  const held = windows.early.windows > 0 && windows.late.windows > 0;
  const early = held ? equations(windows.early, lags) : all;
  const late = held ? equations(windows.late, lags) : all;
  let best: { readonly choice: Choice; readonly errors: Float64Array } | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const penalty of penalties) {
    const factor = factorise(early, penalty);
    for (const order of orders) {
      const errors = errorsOf(late, solve(early, factor, order));
      const sum = errors.reduce((sum, error) => sum + error * error, 0);
      if (sum < least) [best, least] = [{ choice: { order, penalty }, errors }, sum];
    }
  }
  const { order, penalty } = best!.choice;
  return { weights: solve(all, factorise(all, penalty), order), errors: best!.errors };
}

function equations({ width, sums, windows }: WindowProducts, lags: number): Equations {
  const at = (a: number, b: number) => sums[a * width + b]!;
  const newest = lags - 1;
  const block = width - lags;
  const products = new Float64Array(lags * lags);
  for (let i = 0; i < lags; i++) for (let j = 0; j < lags; j++) products[i * lags + j] = at(newest - i, newest - j);
  const targets: Float64Array[] = [];
  const squares = new Float64Array(block);
  for (let step = 0; step < block; step++) {
    const before = targets[step - 1];
    targets.push(
      Float64Array.from({ length: lags }, (_, i) => (before ? before[i]! : 0) + at(newest - i, lags + step)),
    );
    // (d(1) + … + d(h))² has one row and one column of products more than that of h − 1.
    let sum = (squares[step - 1] ?? 0) + at(lags + step, lags + step);
    for (let k = 0; k < step; k++) sum += 2 * at(lags + k, lags + step);
    squares[step] = sum;
  }
  return { windows, size: lags, lags: products, targets, squares };
}

function factorise({ lags, size }: Equations, penalty: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += lags[i * size + i]!;
  const matrix = lags.slice();
  for (let i = 0; i < size; i++) matrix[i * size + i] = matrix[i * size + i]! + (penalty * trace) / size;
  return cholesky(matrix, size);
}

function solve({ targets, size }: Equations, factor: Float64Array, order: number): readonly Float64Array[] {
  return targets.map((target) => solveLeading(factor, target, { size, order }));
}

/** Root mean squares over the windows: y·y − 2·w·b + w·A·w. */
function errorsOf(
  { lags, targets, squares, size, windows }: Equations,
  weights: readonly Float64Array[],
): Float64Array {
  return squares.map((square, step) => {
    const w = weights[step]!;
    let sum = square;
    for (let i = 0; i < w.length; i++) {
      let product = -2 * targets[step]![i]!;
      for (let j = 0; j < w.length; j++) product += lags[i * size + j]! * w[j]!;
      sum += w[i]! * product;
    }
    return Math.sqrt(Math.max(0, sum) / windows);
  });
}
