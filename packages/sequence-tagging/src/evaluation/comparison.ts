import {
  deriveKey,
  describeVerdict,
  formatNumber,
  ShapeError,
  uniform,
  type RandomKey,
  type Verdict,
} from '@unroll/core';
import { addStatistics, noStatistics, scoresOfStatistics, type TagStatistics } from '../metrics.js';
import type { TaggingEvaluation } from './result.js';

/** One tagger beside another on the same sentences: which is better, and whether that may be chance. */
export interface TaggerComparison {
  readonly name: string;
  readonly against: string;
  /** how many it was the best of */
  readonly rivals: number;
  readonly column: string;
  readonly score: 'f1' | 'accuracy';
  readonly value: number;
  readonly againstValue: number;
  /** how likely so large a difference is, in either direction, between taggers that are equally good */
  readonly pValue: number;
  readonly sentences: number;
  /** better and worse are said where the p-value is below 0.05 */
  readonly verdict: Verdict;
  /** the same in a sentence */
  readonly words: string;
}

export interface CompareOptions {
  /** how many taggers the second is the best of, for the words; 1 unless set */
  readonly rivals?: number | undefined;
  readonly key: RandomKey;
  /** place of the column; the first unless set */
  readonly column?: number | undefined;
  /** the column's `mainScore` unless set */
  readonly score?: 'f1' | 'accuracy' | undefined;
  /** random exchanges; 2000 unless set */
  readonly trials?: number | undefined;
}

const significance = 0.05;

/**
 * Approximate randomisation: were the two equally good, the tags of each sentence could as well be the other's. So
 * sentences change sides at random, and
 *
 *   p = (1 + trials in which |score(a) − score(b)| is at least what it really is) / (1 + trials)
 *
 * F1 is no mean over sentences, so a t-test does not fit it; this does.
 *
 * @throws {ShapeError} `shape/sentences` if they were not evaluated on as many sentences
 * @see Noreen 1989; Yeh 2000, "More accurate tests for the statistical significance of result differences"
 */
export function compareTaggers(a: TaggingEvaluation, b: TaggingEvaluation, options: CompareOptions): TaggerComparison {
  const { key, column = 0, trials = 2000, rivals = 1 } = options;
  const [mine, others] = [a.bySentence[column] ?? [], b.bySentence[column] ?? []];
  const evaluated = a.columns[column];
  if (!evaluated || mine.length !== others.length) {
    const message = `${a.tagger} was evaluated on ${mine.length} sentences and ${b.tagger} on ${others.length}; a comparison needs the same`;
    throw new ShapeError('shape/sentences', message);
  }
  const score = options.score ?? evaluated.mainScore;
  const [value, againstValue] = [scoreOf(mine, score), scoreOf(others, score)];
  const pValue = randomisationTest(mine, others, { key, score, trials });
  const comparison = {
    name: a.tagger,
    against: b.tagger,
    rivals,
    column: evaluated.column,
    score,
    value,
    againstValue,
    pValue,
    sentences: mine.length,
    verdict: pValue < significance ? (value > againstValue ? 'better' : 'worse') : 'undecided',
  } as const;
  return { ...comparison, words: describeComparison(comparison) };
}

/** A tagger beside the best of others by the same score; undefined where there is none. */
export function compareWithBest(
  tagger: TaggingEvaluation,
  others: readonly TaggingEvaluation[],
  options: CompareOptions,
): TaggerComparison | undefined {
  const { column = 0 } = options;
  const score = options.score ?? tagger.columns[column]!.mainScore;
  const best = others.toSorted((a, b) => b.columns[column]!.scores[score] - a.columns[column]!.scores[score])[0];
  return best && compareTaggers(tagger, best, { ...options, score, rivals: others.length });
}

function scoreOf(sentences: readonly TagStatistics[], score: 'f1' | 'accuracy'): number {
  return scoresOfStatistics(sentences.reduce(addStatistics, noStatistics))[score];
}

function randomisationTest(
  a: readonly TagStatistics[],
  b: readonly TagStatistics[],
  { key, score, trials }: { readonly key: RandomKey; readonly score: 'f1' | 'accuracy'; readonly trials: number },
): number {
  // only sentences that were tagged differently can change anything
  const different = [...a.keys()].filter((i) => differ(a[i]!, b[i]!));
  if (different.length === 0) return 1;
  const sums = [a, b].map((side) => fractionOf(side.reduce(addStatistics, noStatistics), score)) as [
    Fraction,
    Fraction,
  ];
  const changes = different.map((i) => [fractionOf(a[i]!, score), fractionOf(b[i]!, score)] as const);
  const observed = Math.abs(sums[0][0] / (sums[0][1] || 1) - sums[1][0] / (sums[1][1] || 1));
  let atLeast = 0;
  for (let trial = 0; trial < trials; trial++) {
    const draws = uniform(deriveKey(key, 'randomisation', trial), different.length);
    let [top, bottom] = [0, 0];
    changes.forEach(([mine, other], i) => {
      if (draws[i]! < 0.5) return;
      top += other[0] - mine[0];
      bottom += other[1] - mine[1];
    });
    const difference =
      (sums[0][0] + top) / (sums[0][1] + bottom || 1) - (sums[1][0] - top) / (sums[1][1] - bottom || 1);
    // rounding must not make an equal difference a smaller one
    if (Math.abs(difference) >= observed - 1e-12) atLeast++;
  }
  return (1 + atLeast) / (1 + trials);
}

type Fraction = readonly [numerator: number, denominator: number];

/** Both scores are a ratio of sums: F1 = 2 matched / (gold + predicted). */
function fractionOf({ tokens, correct, matched, gold, predicted }: TagStatistics, score: 'f1' | 'accuracy'): Fraction {
  return score === 'f1' ? [2 * matched, gold + predicted] : [correct, tokens];
}

function differ(a: TagStatistics, b: TagStatistics): boolean {
  return a.correct !== b.correct || a.matched !== b.matched || a.predicted !== b.predicted;
}

function describeComparison(comparison: Omit<TaggerComparison, 'words'>): string {
  const { name, against, rivals, score, value, againstValue, pValue, sentences, verdict } = comparison;
  const bestOf = rivals === 1 ? undefined : `the best of ${rivals}`;
  const points = formatNumber(Number((100 * Math.abs(value - againstValue)).toPrecision(2)));
  const direction = value === againstValue ? '' : `, ${points} points ${value > againstValue ? 'more' : 'less'}`;
  const numbers = `${score === 'f1' ? 'F1' : 'accuracy'} ${(100 * value).toFixed(2)} against ${(100 * againstValue).toFixed(2)}${direction}`;
  const p = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
  const judged = verdict === 'undecided' ? 'may well be chance' : 'is more than chance';
  const test = `that ${judged} by approximate randomisation over ${formatNumber(sentences)} sentences (${p})`;
  return describeVerdict(verdict, { name, against, bestOf, numbers, test });
}
