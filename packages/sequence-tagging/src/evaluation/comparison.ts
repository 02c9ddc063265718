import {
  approximateRandomization,
  describeVerdict,
  formatNumber,
  ShapeError,
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
 * Whether one tags better than the other, by approximate randomisation of sentences (`approximateRandomization` of core). F1 is no
 * mean over sentences, so a t-test does not fit it; this does.
 *
 * @throws {ShapeError} `shape/sentences` if they were not evaluated on as many sentences
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
  const [rows, otherRows] = [mine, others].map((side) => side.map((sentence) => fractionOf(sentence, score))) as [
    Fraction[],
    Fraction[],
  ];
  const pValue = approximateRandomization(rows, otherRows, { score: ratioOf, key, trials });
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

type Fraction = readonly [numerator: number, denominator: number];

/** Both scores are a ratio of sums: F1 = 2 matched / (gold + predicted). */
function fractionOf({ tokens, correct, matched, gold, predicted }: TagStatistics, score: 'f1' | 'accuracy'): Fraction {
  return score === 'f1' ? [2 * matched, gold + predicted] : [correct, tokens];
}

function ratioOf(sums: ArrayLike<number>): number {
  return sums[0]! / (sums[1]! || 1);
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
