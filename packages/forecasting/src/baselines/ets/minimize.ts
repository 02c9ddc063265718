/** The value at `x`, its derivatives written to `gradient`; Infinity where the function is not defined. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** Pairs of steps and changes of the gradient that stand for the curvature. */
const memory = 8;

interface Point {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

/**
 * A local minimum by the limited-memory quasi-Newton method, with steps that are halved until they gain what the slope
 * promises.
 *
 * @param start - where the value is finite; not changed
 * @param options.tolerance - a step that gains less ends the search, once the next does, too
 *
 * @see Nocedal 1980, "Updating quasi-Newton matrices with limited storage"
 */
export function minimize(
  objective: Objective,
  start: Float64Array,
  { iterations, tolerance }: { iterations: number; tolerance: number },
): { readonly x: Float64Array; readonly value: number } {
  const gradient = new Float64Array(start.length);
  let point: Point = { x: start, gradient, value: objective(start, gradient) };
  let pairs: Pair[] = [];
  let stalled = 0;
  for (let i = 0; i < iterations && stalled < 2; i++) {
    const next = searchLine(objective, point, direction(point.gradient, pairs));
    if (next === undefined) {
      // A direction that gains nothing may come of old curvature: the gradient's own is tried before giving up.
      if (pairs.length === 0) break;
      pairs = [];
      continue;
    }
    stalled = point.value - next.value < tolerance ? stalled + 1 : 0;
    const step = next.x.map((value, k) => value - point.x[k]!);
    const change = next.gradient.map((value, k) => value - point.gradient[k]!);
    const product = dot(step, change);
    if (product > 1e-12 * dot(change, change)) pairs = [...pairs.slice(1 - memory), { step, change, product }];
    point = next;
  }
  return point;
}

/** −H·gradient, H the inverse curvature that the pairs stand for: Nocedal's two loops. */
function direction(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const result = gradient.map((value) => -value);
  const shares = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, product } = pairs[i]!;
    shares[i] = dot(step, result) / product;
    add(result, change, -shares[i]!);
  }
  const last = pairs.at(-1);
  // Without curvature yet, a first step of length 0.1 at most.
  const scale = last ? last.product / dot(last.change, last.change) : Math.min(1, 0.1 / Math.sqrt(dot(result, result)));
  for (let k = 0; k < result.length; k++) result[k] = result[k]! * scale;
  pairs.forEach(({ step, change, product }, i) => add(result, step, shares[i]! - dot(change, result) / product));
  return result;
}

function searchLine(objective: Objective, from: Point, along: Float64Array): Point | undefined {
  const slope = dot(from.gradient, along);
  if (!(slope < 0)) return undefined;
  for (let length = 1; length > 1e-10; length *= 0.5) {
    const x = from.x.map((value, k) => value + length * along[k]!);
    const gradient = new Float64Array(x.length);
    const value = objective(x, gradient);
    if (value <= from.value + 1e-4 * length * slope) return { x, gradient, value };
  }
  return undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

function add(to: Float64Array, values: Float64Array, factor: number): void {
  for (let k = 0; k < to.length; k++) to[k] = to[k]! + factor * values[k]!;
}
