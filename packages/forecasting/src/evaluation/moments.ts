/**
 * Means, variances and covariance of pairs (y, f), gathered one by one or merged, without loss by cancellation.
 *
 * @see Chan, Golub & LeVeque 1983
 */
export class PairMoments {
  count = 0;
  meanActual = 0;
  meanForecast = 0;
  /** Σ (y − ȳ)² */
  actualSquares = 0;
  /** Σ (f − f̄)² */
  forecastSquares = 0;
  /** Σ (y − ȳ)(f − f̄) */
  products = 0;
  /** Σ (y − f)² */
  errorSquares = 0;

  add(actual: number, forecast: number): void {
    this.count++;
    const byActual = actual - this.meanActual;
    const byForecast = forecast - this.meanForecast;
    this.meanActual += byActual / this.count;
    this.meanForecast += byForecast / this.count;
    this.actualSquares += byActual * (actual - this.meanActual);
    this.forecastSquares += byForecast * (forecast - this.meanForecast);
    this.products += byActual * (forecast - this.meanForecast);
    this.errorSquares += (actual - forecast) ** 2;
  }

  merge(other: PairMoments): void {
    if (other.count === 0) return;
    const count = this.count + other.count;
    const byActual = other.meanActual - this.meanActual;
    const byForecast = other.meanForecast - this.meanForecast;
    const weight = (this.count * other.count) / count;
    this.meanActual += (byActual * other.count) / count;
    this.meanForecast += (byForecast * other.count) / count;
    this.actualSquares += other.actualSquares + weight * byActual ** 2;
    this.forecastSquares += other.forecastSquares + weight * byForecast ** 2;
    this.products += other.products + weight * byActual * byForecast;
    this.errorSquares += other.errorSquares;
    this.count = count;
  }
}

/** The moments of several groups as one. */
export function mergedMoments(groups: Iterable<PairMoments>): PairMoments {
  const merged = new PairMoments();
  for (const group of groups) merged.merge(group);
  return merged;
}

/**
 * RSE = √(Σ (y − f)² / Σ (y − ȳ)²), ȳ over all that is counted: all series, channels and steps of the scored part.
 *
 * @returns NaN where y does not vary
 * @see Lai, Chang, Yang & Liu 2018, equation 9
 */
export function rootRelativeSquaredError({ errorSquares, actualSquares }: PairMoments): number {
  return actualSquares > 0 ? Math.sqrt(errorSquares / actualSquares) : Number.NaN;
}

/**
 * CORR: mean over channels of the correlation over time of y and f. A channel that does not vary is not counted; one
 * whose forecast does not vary counts 0, since a constant follows nothing.
 *
 * @param channels - of one step ahead
 * @returns NaN where no channel varies
 * @see Lai, Chang, Yang & Liu 2018, equation 10
 */
export function meanCorrelation(channels: Iterable<PairMoments>): number {
  let sum = 0;
  let count = 0;
  for (const { actualSquares, forecastSquares, products } of channels) {
    if (!(actualSquares > 0)) continue;
    sum += forecastSquares > 0 ? products / Math.sqrt(actualSquares * forecastSquares) : 0;
    count++;
  }
  return sum / count;
}
