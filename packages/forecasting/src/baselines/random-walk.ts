/** The steps that have a value, ascending. */
export function observedSteps(values: Float64Array): readonly number[] {
  const steps: number[] = [];
  for (let step = 0; step < values.length; step++) if (!Number.isNaN(values[step]!)) steps.push(step);
  return steps;
}

/**
 * Standard deviation of one step of a random walk with drift b that was seen at some steps only:
 *
 *   σ² = Σ (Δy − b·g)² / g / n      over neighbouring observations, g steps apart
 *
 * NaN from fewer than two observations.
 *
 * @param options.steps - where `values` has a value, ascending
 * @param options.estimated - parameters that were estimated from the same values: taken off n
 */
export function randomWalkDeviation(
  values: Float64Array,
  { steps, drift = 0, estimated = 0 }: { steps: readonly number[]; drift?: number; estimated?: number },
): number {
  let sum = 0;
  for (let i = 1; i < steps.length; i++) {
    const gap = steps[i]! - steps[i - 1]!;
    sum += (values[steps[i]!]! - values[steps[i - 1]!]! - drift * gap) ** 2 / gap;
  }
  const count = steps.length - 1 - estimated;
  return count > 0 ? Math.sqrt(sum / count) : Number.NaN;
}
