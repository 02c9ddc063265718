import type { Calibration, ReliabilityBin } from './result.js';

/** keeps the logarithm finite where a tagger is sure of what is wrong */
const margin = 1e-12;

/** Compares probabilities with what came true. */
export class CalibrationTally {
  readonly #counts: Float64Array;
  readonly #confidence: Float64Array;
  readonly #correct: Float64Array;
  #brier = 0;
  #logLoss = 0;

  /** @param bins - of equal width over 0 … 1 */
  constructor(bins = 10) {
    this.#counts = new Float64Array(bins);
    this.#confidence = new Float64Array(bins);
    this.#correct = new Float64Array(bins);
  }

  /** @param probability - that it is right, in 0 … 1; rounding beyond is cut */
  add(probability: number, isRight: boolean): void {
    const p = Math.min(1, Math.max(0, probability));
    const y = isRight ? 1 : 0;
    const bin = Math.min(this.#counts.length - 1, Math.floor(p * this.#counts.length));
    this.#counts[bin]!++;
    this.#confidence[bin]! += p;
    this.#correct[bin]! += y;
    this.#brier += (p - y) ** 2;
    this.#logLoss -= Math.log(Math.max(margin, isRight ? p : 1 - p));
  }

  /** undefined where nothing was added */
  result(): Calibration | undefined {
    const count = this.#counts.reduce((sum, n) => sum + n, 0);
    if (count === 0) return undefined;
    const bins = Array.from(this.#counts, (n, i): ReliabilityBin => ({
      from: i / this.#counts.length,
      to: (i + 1) / this.#counts.length,
      count: n,
      confidence: this.#confidence[i]! / n,
      accuracy: this.#correct[i]! / n,
    }));
    const gap = bins.reduce(
      (sum, bin) => (bin.count === 0 ? sum : sum + bin.count * Math.abs(bin.accuracy - bin.confidence)),
      0,
    );
    return { count, bins, expectedError: gap / count, brier: this.#brier / count, logLossNats: this.#logLoss / count };
  }
}
