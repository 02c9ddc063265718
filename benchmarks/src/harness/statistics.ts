/** What is told of a list of measurements. */
export interface Summary {
  readonly count: number;
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
  /** (third quartile − first quartile) / median: how much the middle half of the measurements differs */
  readonly spread: number;
}

/** @throws {RangeError} for an empty list or one with a value that is not finite: neither was measured */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new RangeError(`a summary needs finite measurements, got [${values.join(', ')}]`);
  }
  const sorted = values.toSorted((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  return {
    count: sorted.length,
    minimum: sorted[0]!,
    median,
    maximum: sorted.at(-1)!,
    spread: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / median,
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Linear between the two nearest ranks. @param sorted - ascending, not empty */
function quantile(sorted: readonly number[], probability: number): number {
  const rank = (sorted.length - 1) * probability;
  const below = Math.floor(rank);
  const low = sorted[below]!;
  const high = sorted[Math.ceil(rank)]!;
  return low + (high - low) * (rank - below);
}
