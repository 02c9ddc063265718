import { ShapeError } from '../errors.js';
import { deriveKey, uniform, type RandomKey } from '../tensors/random.js';

/** `[item][sum]`: what each item, for example a sentence, adds to the sums that a score is computed from. */
export type ItemSums = readonly ArrayLike<number>[];

export interface SignificanceOptions {
  /** of sums over items */
  readonly score: (sums: ArrayLike<number>) => number;
  readonly key: RandomKey;
  readonly trials: number;
}

/** Where a score lies when the items are drawn anew. */
export interface ScoreInterval {
  readonly mean: number;
  /** half of the distance between the 2.5 % and the 97.5 % quantile */
  readonly margin: number;
}

/**
 * Approximate randomisation: were two systems equally good, what one made of an item could as well be the other's. So items
 * change sides at random, and
 *
 *   p = (1 + trials in which |score(a) − score(b)| is at least what it really is) / (1 + trials)
 *
 * It fits every score that is computed from sums, means or not.
 *
 * @throws {ShapeError} `shape/items` if there are not as many items of both
 * @see Noreen 1989; Yeh 2000, "More accurate tests for the statistical significance of result differences"
 */
export function approximateRandomization(a: ItemSums, b: ItemSums, options: SignificanceOptions): number {
  const { score, key, trials } = options;
  checkItems(a, b);
  // only items that differ can change anything
  const changes = a.flatMap((row, i) => changeOf(row, b[i]!));
  if (changes.length === 0) return 1;
  const [sumsOfA, sumsOfB] = [sumOfRows(a), sumOfRows(b)];
  const observed = Math.abs(score(sumsOfA) - score(sumsOfB));
  let atLeast = 0;
  for (let trial = 0; trial < trials; trial++) {
    const draws = uniform(deriveKey(key, 'randomisation', trial), changes.length);
    const change = sumOfRows(changes.filter((_, i) => draws[i]! >= 0.5));
    const difference =
      score(sumsOfA.map((sum, i) => sum + (change[i] ?? 0))) - score(sumsOfB.map((sum, i) => sum - (change[i] ?? 0)));
    // rounding must not make an equal difference a smaller one
    if (Math.abs(difference) >= observed - 1e-12) atLeast++;
  }
  return (1 + atLeast) / (1 + trials);
}

export interface PairedBootstrap {
  readonly pValue: number;
  readonly a: ScoreInterval;
  readonly b: ScoreInterval;
}

/**
 * Paired bootstrap resampling: as many items as there are, drawn with replacement, the same for both systems, again and again. With dₜ
 * the difference of scores in trial t, and d the one that was seen,
 *
 *   p = (1 + trials in which |dₜ| − mean |dₜ| > |d|) / (1 + trials)
 *
 * which is 1 for systems that never differ.
 *
 * @throws {ShapeError} `shape/items` if there are not as many items of both
 * @see Koehn 2004, "Statistical significance tests for machine translation evaluation"; Riezler & Maxwell 2005 for the shift by the mean
 */
export function pairedBootstrap(a: ItemSums, b: ItemSums, options: SignificanceOptions): PairedBootstrap {
  checkItems(a, b);
  const scores = [a, b].map((rows) => bootstrapScores(rows, options)) as [Float64Array, Float64Array];
  const differences = scores[0].map((score, trial) => Math.abs(score - scores[1][trial]!));
  const mean = meanOf(differences);
  const observed = Math.abs(options.score(sumOfRows(a)) - options.score(sumOfRows(b)));
  const above = differences.filter((difference) => difference - mean > observed).length;
  const same = a.every((row, i) => changeOf(row, b[i]!).length === 0);
  return {
    pValue: same ? 1 : (1 + above) / (1 + options.trials),
    a: intervalOf(scores[0]),
    b: intervalOf(scores[1]),
  };
}

/** Where the score of one system lies in 95 % of the trials of `pairedBootstrap`. */
export function bootstrapInterval(rows: ItemSums, options: SignificanceOptions): ScoreInterval {
  return intervalOf(bootstrapScores(rows, options));
}

function bootstrapScores(rows: ItemSums, { score, key, trials }: SignificanceOptions): Float64Array {
  const width = rows[0]?.length ?? 0;
  return Float64Array.from({ length: trials }, (_, trial) => {
    const draws = uniform(deriveKey(key, 'bootstrap', trial), rows.length);
    const sums = new Float64Array(width);
    for (const draw of draws) addTo(sums, rows[Math.floor(draw * rows.length)]!);
    return score(sums);
  });
}

function intervalOf(scores: Float64Array): ScoreInterval {
  const sorted = scores.toSorted();
  const outside = Math.floor(sorted.length / 40);
  return { mean: meanOf(scores), margin: (sorted[sorted.length - 1 - outside]! - sorted[outside]!) / 2 };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What changes if the item of `a` becomes the one of `b`; none where they are the same. */
function changeOf(a: ArrayLike<number>, b: ArrayLike<number>): readonly Float64Array[] {
  const change = Float64Array.from(a, (value, i) => b[i]! - value);
  return change.some((value) => value !== 0) ? [change] : [];
}

function sumOfRows(rows: ItemSums): Float64Array {
  const sums = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) addTo(sums, row);
  return sums;
}

function addTo(sums: Float64Array, row: ArrayLike<number>): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += row[i]!;
}

function checkItems(a: ItemSums, b: ItemSums): void {
  if (a.length === b.length && a.length > 0) return;
  const message = `a comparison needs the same items of both, at least one; got ${a.length} and ${b.length}`;
  throw new ShapeError('shape/items', message);
}
