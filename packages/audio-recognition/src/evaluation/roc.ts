import { ShapeError } from '@unroll/core';

/** Rates at one threshold: what scores at least that is accepted. */
export interface RocPoint {
  /** +∞ of the first point, which accepts nothing */
  readonly threshold: number;
  /** false alarms: share of the negative ones that are accepted */
  readonly falsePositiveRate: number;
  /** share of the positive ones that are accepted; 1 − it are missed */
  readonly truePositiveRate: number;
}

/**
 * The receiver operating characteristic: a point for each threshold that some score has, from accepting nothing to accepting all.
 *
 * @param scores - `[trial]`, higher = more likely positive
 * @param positive - `[trial]`
 * @throws {ShapeError} `shape/trials` unless there is an answer for each score, a positive and a negative one, and no NaN
 */
export function rocCurve(scores: ArrayLike<number>, positive: ArrayLike<boolean>): readonly RocPoint[] {
  const trials = Array.from(scores, (score, i) => ({ score, positive: positive[i]! }));
  const positives = trials.filter((trial) => trial.positive).length;
  const negatives = trials.length - positives;
  if (positive.length !== trials.length || trials.some(({ score }) => Number.isNaN(score))) {
    const message = `${trials.length} scores, none of them NaN, need as many answers, got ${positive.length}`;
    throw new ShapeError('shape/trials', message);
  }
  if (positives === 0 || negatives === 0) {
    const message = `of ${trials.length} trials ${positives} are positive; error rates need both kinds`;
    throw new ShapeError('shape/trials', message);
  }
  trials.sort((a, b) => b.score - a.score);
  const points: RocPoint[] = [{ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 }];
  let accepted = 0;
  trials.forEach((trial, i) => {
    if (trial.positive) accepted += 1;
    // Trials of one score are accepted together.
    if (trials[i + 1]?.score === trial.score) return;
    const falsePositiveRate = (i + 1 - accepted) / negatives;
    points.push({ threshold: trial.score, falsePositiveRate, truePositiveRate: accepted / positives });
  });
  return points;
}

/** Area under the curve: the probability that a positive trial scores higher than a negative one, ties counted half. */
export function areaUnder(curve: readonly RocPoint[]): number {
  return curve.slice(1).reduce((area, point, i) => {
    const before = curve[i]!;
    const width = point.falsePositiveRate - before.falsePositiveRate;
    return area + (width * (point.truePositiveRate + before.truePositiveRate)) / 2;
  }, 0);
}

export interface EqualErrorRate {
  /** in 0 … 1 */
  readonly rate: number;
  /** where both errors are as frequent, between two scores as the rate is between two points */
  readonly threshold: number;
}

/** Where as large a share is missed as is accepted falsely, on the straight line between the two points around it. */
export function equalErrorRate(curve: readonly RocPoint[]): EqualErrorRate {
  const surplus = ({ falsePositiveRate, truePositiveRate }: RocPoint) => falsePositiveRate + truePositiveRate - 1;
  const next = curve.findIndex((point) => surplus(point) >= 0);
  const after = curve[next]!;
  const before = curve[next - 1]!;
  const part = surplus(before) / (surplus(before) - surplus(after));
  const between = (a: number, b: number) => (part === 1 ? b : a + part * (b - a));
  return {
    rate: between(before.falsePositiveRate, after.falsePositiveRate),
    // Nothing is accepted at +∞, so a crossing on the first line is at the highest score.
    threshold: Number.isFinite(before.threshold) ? between(before.threshold, after.threshold) : after.threshold,
  };
}

export interface DetectionCostOptions {
  /** probability that a trial is positive */
  readonly prior?: number | undefined;
  readonly missCost?: number | undefined;
  readonly falseAlarmCost?: number | undefined;
}

/**
 *   C(θ) = C_miss · P_miss(θ) · π + C_fa · P_fa(θ) · (1 − π)
 *
 * at the best threshold, over what the better of accepting all and accepting nothing costs; with π = 0.01 and costs of 1 unless
 * set.
 *
 * @see NIST speaker recognition evaluation plans
 */
export function minimumDetectionCost(
  curve: readonly RocPoint[],
  { prior = 0.01, missCost = 1, falseAlarmCost = 1 }: DetectionCostOptions = {},
): number {
  const costs = curve.map(
    ({ falsePositiveRate, truePositiveRate }) =>
      missCost * (1 - truePositiveRate) * prior + falseAlarmCost * falsePositiveRate * (1 - prior),
  );
  return (
    costs.reduce((least, cost) => Math.min(least, cost)) / Math.min(missCost * prior, falseAlarmCost * (1 - prior))
  );
}
