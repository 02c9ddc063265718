/** Sums of products of the elements of windows: `sums[a·width + b] = Σ d(t + a)·d(t + b)`, symmetric. */
export interface WindowProducts {
  readonly width: number;
  readonly sums: Float64Array;
  windows: number;
}

export function createProducts(width: number): WindowProducts {
  return { width, sums: new Float64Array(width * width), windows: 0 };
}

/**
 * Adds the products of the windows that begin at `from`, `from + 1`, …, `to` of `values`.
 *
 * One step further along both axes, a sum loses its first term and gains one at its end; so only the first row is summed
 * up, and many windows cost no more than their number times the width.
 */
export function addWindows(
  products: WindowProducts,
  values: Float64Array,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const { width, sums } = products;
  if (to < from) return;
  products.windows += to - from + 1;
  const end = to + 1;
  for (let lag = 0; lag < width; lag++) {
    let sum = 0;
    for (let step = from; step <= to; step++) sum += values[step]! * values[step + lag]!;
    for (let a = 0, b = lag; b < width; a++, b++) {
      sums[a * width + b] = sums[a * width + b]! + sum;
      if (a !== b) sums[b * width + a] = sums[b * width + a]! + sum;
      if (b + 1 < width) sum += values[end + a]! * values[end + b]! - values[from + a]! * values[from + b]!;
    }
  }
}

/** Both together. */
export function joinProducts(a: WindowProducts, b: WindowProducts): WindowProducts {
  return { width: a.width, sums: a.sums.map((sum, i) => sum + b.sums[i]!), windows: a.windows + b.windows };
}
