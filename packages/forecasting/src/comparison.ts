import { describeVerdict, formatNumber, type Verdict } from '@unroll/core';
import { isBaselineName } from './baselines/create-baseline.js';
import type { ModelName } from './config.js';
import type { OriginLosses } from './evaluation/origin-losses.js';
import { studentTwoSided } from './evaluation/student-t.js';
import type { Scores } from './evaluation/tally.js';

export interface DieboldMariano {
  /** below 0 where the first has the smaller loss; NaN where it cannot be computed */
  readonly statistic: number;
  /** two-sided: how likely so large a difference is between forecasts that are equally good */
  readonly pValue: number;
  readonly observations: number;
}

/**
 * Whether two forecasters differ in loss by more than chance. With dₜ = aₜ − bₜ, their mean d̄ and autocovariances γₖ,
 *
 *   DM = d̄ / √((γ₀ + 2 Σₖ₌₁ʰ⁻¹ γₖ) / n) · √((n + 1 − 2h + h(h − 1)/n) / n)
 *
 * is compared with Student's distribution of n − 1 degrees of freedom. Where the sum of autocovariances is not positive
 * they are weighted by 1 − k/h (Bartlett), which makes it so.
 *
 * @param a - `[origin]`, in the order of time; pairs with NaN are left out
 * @param b - same shape
 * @param overlap - h: origins whose horizons overlap, so that their losses depend on each other; 1 = none
 * @see Diebold & Mariano 1995; the correction for small samples and the distribution are those of Harvey, Leybourne & Newbold 1997
 */
export function dieboldMariano(a: ArrayLike<number>, b: ArrayLike<number>, overlap: number): DieboldMariano {
  const differences = Array.from(a, (loss, i) => loss - b[i]!).filter(Number.isFinite);
  const n = differences.length;
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  if (differences.every((d) => d === 0)) return { statistic: 0, pValue: 1, observations: n };
  if (n < 2 || overlap >= n) return { statistic: Number.NaN, pValue: Number.NaN, observations: n };
  const covariances = Array.from({ length: overlap }, (_, lag) => autocovariance(differences, mean, lag));
  const sum = (weight: (lag: number) => number) =>
    covariances.reduce((sum, covariance, lag) => sum + (lag === 0 ? 1 : 2 * weight(lag)) * covariance, 0);
  const variance = sum(() => 1);
  const long = variance > 0 ? variance : sum((lag) => 1 - lag / overlap);
  const correction = Math.sqrt((n + 1 - 2 * overlap + (overlap * (overlap - 1)) / n) / n);
  const statistic = (mean / Math.sqrt(long / n)) * correction;
  return { statistic, pValue: studentTwoSided(statistic, n - 1), observations: n };
}

function autocovariance(values: readonly number[], mean: number, lag: number): number {
  let sum = 0;
  for (let t = lag; t < values.length; t++) sum += (values[t]! - mean) * (values[t - lag]! - mean);
  return sum / values.length;
}

/** One forecaster beside the best of the others: which is better, and whether that may be chance. */
export interface Comparison {
  readonly name: string;
  readonly against: string;
  /** how many it was the best of */
  readonly rivals: number;
  /** whether these are the baselines, or, where there is none, whatever else took part */
  readonly areBaselines: boolean;
  /** the score that was compared; less is better */
  readonly loss: string;
  readonly value: number;
  readonly againstValue: number;
  /** value / againstValue */
  readonly ratio: number;
  /** what the test took for one observation; see `testLosses` */
  readonly over: 'origins' | 'series' | 'spans';
  readonly observations: number;
  /** null where there are too few observations for a test */
  readonly statistic: number | null;
  readonly pValue: number | null;
  /** better and worse are said where the p-value is below 0.05 */
  readonly verdict: Verdict;
  /** the same in a sentence */
  readonly words: string;
}

export interface ComparisonOptions {
  /** in the order of `losses` */
  readonly results: readonly { readonly name: string; readonly overall: Scores }[];
  readonly losses: readonly OriginLosses[];
  /** of `overall` */
  readonly loss: string;
  /** origins whose horizons overlap, itself included */
  readonly overlap: number;
}

const significance = 0.05;
/** horizons that do not overlap, for the estimate of their covariance */
const fewestSpans = 10;
const fewestObservations = 3;
/** trained, but baselines all the same */
const linearNetworks: readonly string[] = ['nlinear', 'dlinear'] satisfies readonly ModelName[];

/** The first forecaster against the best baseline, or the best of all others; undefined where there is none to compare. */
export function compareForecasters({ results, losses, loss, overlap }: ComparisonOptions): Comparison | undefined {
  const entries = results.flatMap(({ name, overall }, i) => {
    const value = overall[loss];
    return value === undefined ? [] : [{ name, value, losses: losses[i]! }];
  });
  const [first, ...others] = entries;
  const baselines = others.filter(({ name }) => isBaselineName(name) || linearNetworks.includes(name));
  const rivals = baselines.length > 0 ? baselines : others;
  const best = [...rivals].sort((a, b) => a.value - b.value)[0];
  if (!first || !best || first.name !== results[0]!.name) return undefined;
  const test = testLosses(first.losses, best.losses, overlap);
  const comparison = {
    name: first.name,
    against: best.name,
    rivals: rivals.length,
    areBaselines: rivals === baselines,
    loss,
    value: first.value,
    againstValue: best.value,
    ratio: first.value / best.value,
    over: test.over,
    observations: test.observations,
    statistic: Number.isFinite(test.statistic) ? test.statistic : null,
    pValue: Number.isNaN(test.pValue) ? null : test.pValue,
    verdict: verdictOf(test.pValue, first.value - best.value),
  };
  return { ...comparison, words: describeComparison(comparison) };
}

/**
 * Over origins, if they reach over enough time. If not, the sum of autocovariances is far too small (that of all lags is 0)
 * and everything would look certain; then over series, or over the mean losses of spans as long as a horizon, whichever
 * are more, as if they were independent of each other.
 */
function testLosses(a: OriginLosses, b: OriginLosses, overlap: number): DieboldMariano & Pick<Comparison, 'over'> {
  const rounds = a.ofRounds();
  const series = a.ofSeries();
  const spans = Math.floor(rounds.length / overlap);
  if (spans >= fewestSpans) return { ...dieboldMariano(rounds, b.ofRounds(), overlap), over: 'origins' };
  const [over, of] =
    series.length > spans
      ? (['series', (losses: OriginLosses) => losses.ofSeries()] as const)
      : (['spans', (losses: OriginLosses) => spanMeans(losses.ofRounds(), overlap)] as const);
  const test = dieboldMariano(of(a), of(b), 1);
  return test.observations < fewestObservations
    ? { ...test, pValue: Number.NaN, statistic: Number.NaN, over }
    : { ...test, over };
}

/** Means of so many values each, counted from the end. */
function spanMeans(losses: Float64Array, length: number): Float64Array {
  const spans = Math.floor(losses.length / length);
  const first = losses.length - spans * length;
  return Float64Array.from({ length: spans }, (_, i) => {
    const span = losses.subarray(first + i * length, first + (i + 1) * length);
    return span.reduce((sum, loss) => sum + loss, 0) / length;
  });
}

function verdictOf(pValue: number, difference: number): Comparison['verdict'] {
  if (!(pValue < significance)) return 'undecided';
  return difference < 0 ? 'better' : 'worse';
}

function describeComparison(comparison: Omit<Comparison, 'words'>): string {
  const { name, against, rivals, areBaselines, loss, value, againstValue, verdict } = comparison;
  const bestOf = rivals === 1 ? undefined : `the best of the ${rivals} ${areBaselines ? 'baselines' : 'others'}`;
  const share = formatNumber(Number((100 * Math.abs(1 - value / againstValue)).toPrecision(2)));
  const direction = value < againstValue ? `, ${share} % less` : value > againstValue ? `, ${share} % more` : '';
  const numbers = `${loss.toUpperCase()} ${formatNumber(value)} against ${formatNumber(againstValue)}${direction}`;
  const test = describeTest(comparison);
  return describeVerdict(verdict, { name, against, bestOf, numbers, test });
}

function describeTest({ over, observations, pValue, verdict }: Omit<Comparison, 'words'>): string {
  if (pValue === null) return 'there is too little data to tell that from chance';
  const p = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
  const judged = verdict === 'undecided' ? 'may well be chance' : 'is more than chance';
  // over values that do not overlap the Diebold-Mariano test is a paired t-test
  const test = over === 'origins' ? 'the Diebold-Mariano test' : 'a paired t-test';
  const data = over === 'spans' ? `${observations} spans of a horizon each` : `${formatNumber(observations)} ${over}`;
  return `that ${judged} by ${test} over ${data} (${p})`;
}
