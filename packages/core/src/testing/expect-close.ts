import type * as tf from '@tensorflow/tfjs-core';

/** A tensor, or numbers with a shape. */
export type Numbers = tf.Tensor | { readonly shape: readonly number[]; readonly values: ArrayLike<number> };

/** |a − b| ≤ atol + rtol·|b| */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** The project's tolerances; loosen one only with a measurement. */
export const tolerances = {
  /** a float32 cell step against the float64 reference, and a native kernel against plain JavaScript, forward */
  forward: { rtol: 1e-5, atol: 1e-6 },
  /** a native kernel against plain JavaScript, backward, up to 100 steps */
  backward: { rtol: 1e-4, atol: 1e-6 },
  /** a float32 gradient against float64 differences */
  gradient: { rtol: 1e-5, atol: 1e-7 },
} as const satisfies Record<string, Tolerance>;

/**
 * Fails unless every number is close to the expected one. The shape is compared first, and a number that is not finite
 * is never close to anything.
 *
 * @param actual - the tested values (a); a tensor is read, not disposed
 * @param expected - the reference (b)
 * @throws {Error} naming the worst element
 */
export function expectClose(
  actual: Numbers,
  expected: Numbers,
  { rtol, atol, name }: Tolerance & { name?: string },
): void {
  const [a, b] = [valuesOf(actual), valuesOf(expected)];
  const label = name ? `${name}: ` : '';
  if (actual.shape.join() !== expected.shape.join() || a.length !== b.length) {
    throw new Error(
      `${label}shape [${actual.shape.join(', ')}] of ${a.length} values, expected [${expected.shape.join(', ')}] of ${b.length}`,
    );
  }
  let worst = { index: -1, excess: 0 };
  for (let i = 0; i < a.length; i++) {
    const excess = Math.abs(a[i]! - b[i]!) / (atol + rtol * Math.abs(b[i]!));
    if (!(Number.isFinite(a[i]!) && Number.isFinite(b[i]!)))
      throw new Error(`${label}element ${i} is ${a[i]}, expected ${b[i]}`);
    if (excess > worst.excess) worst = { index: i, excess };
  }
  if (worst.excess <= 1) return;
  const { index, excess } = worst;
  throw new Error(
    `${label}element ${index} of [${actual.shape.join(', ')}] is ${a[index]}, expected ${b[index]}: ` +
      `${excess.toPrecision(3)} times the tolerance (rtol ${rtol}, atol ${atol})`,
  );
}

function valuesOf(numbers: Numbers): ArrayLike<number> {
  return 'values' in numbers ? numbers.values : numbers.dataSync();
}
