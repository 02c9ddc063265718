/**
 * The lower triangle L of A = L·Lᵀ, row-major. That of a leading part of A is the same part of L.
 *
 * @param matrix - `[size, size]`, symmetric and positive definite
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      lower[i * size + j] = i === j ? Math.sqrt(sum) : sum / lower[j * size + j]!;
    }
  }
  return lower;
}

/**
 * The solution of A·x = b for the leading `order` rows and columns of A = L·Lᵀ.
 *
 * @param lower - `[size, size]`
 */
export function solveLeading(
  lower: Float64Array,
  b: Float64Array,
  { size, order }: { readonly size: number; readonly order: number },
): Float64Array {
  const x = b.slice(0, order);
  for (let i = 0; i < order; i++) {
    for (let k = 0; k < i; k++) x[i] = x[i]! - lower[i * size + k]! * x[k]!;
    x[i] = x[i]! / lower[i * size + i]!;
  }
  for (let i = order - 1; i >= 0; i--) {
    x[i] = x[i]! / lower[i * size + i]!;
    for (let k = 0; k < i; k++) x[k] = x[k]! - lower[i * size + k]! * x[i]!;
  }
  return x;
}
