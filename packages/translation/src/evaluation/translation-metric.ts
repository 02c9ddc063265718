import { DataError } from '@unroll/core';
import type { ReferenceCount } from './signature.js';

/** What a translation may read: one text, or several that are equally right. */
export type Reference = string | readonly string[];

export interface MetricScore {
  /** 0 … 100; TER may be more */
  readonly score: number;
}

/**
 * A score of many translations that is computed from sums over sentences. So it adds up over batches, and a test of
 * significance can draw sentences without reading them again.
 */
export interface TranslationMetric<Score extends MetricScore = MetricScore> {
  /** as sacreBLEU writes it */
  readonly name: string;
  readonly better: 'higher' | 'lower';
  /** names of the sums, in their order */
  readonly sums: readonly string[];
  /** what one sentence adds. @param references - at least one */
  statistics(hypothesis: string, references: readonly string[]): Float64Array;
  score(sums: ArrayLike<number>): Score;
  signature(references: ReferenceCount): string;
}

/** A score with how it was computed. */
export type SignedScore<Score extends MetricScore> = Score & {
  readonly name: string;
  readonly signature: string;
};

/**
 * The sums of each sentence.
 *
 * @throws {DataError} `data/empty` without a sentence; `data/line-count` if there are not as many references as
 * hypotheses; `data/no-reference` for a sentence without one
 */
export function statisticsOf(
  metric: TranslationMetric,
  hypotheses: readonly string[],
  references: readonly Reference[],
): readonly Float64Array[] {
  checkCounts(hypotheses, references);
  return hypotheses.map((hypothesis, i) => metric.statistics(hypothesis, referencesOf(references[i]!, i)));
}

export function addRows(rows: readonly Float64Array[], width: number): Float64Array {
  const sums = new Float64Array(width);
  for (const row of rows) for (let i = 0; i < width; i++) sums[i]! += row[i]!;
  return sums;
}

/** The score of a corpus. Errors as of `statisticsOf`. */
export function corpusScore<Score extends MetricScore>(
  metric: TranslationMetric<Score>,
  hypotheses: readonly string[],
  references: readonly Reference[],
): SignedScore<Score> {
  const rows = statisticsOf(metric, hypotheses, references);
  const score = metric.score(addRows(rows, metric.sums.length));
  return { ...score, name: metric.name, signature: metric.signature(countReferences(references)) };
}

/** The score of one sentence. */
export function sentenceScore<Score extends MetricScore>(
  metric: TranslationMetric<Score>,
  hypothesis: string,
  reference: Reference,
): SignedScore<Score> {
  return corpusScore(metric, [hypothesis], [reference]);
}

export function countReferences(references: readonly Reference[]): ReferenceCount {
  const counts = new Set(references.map((reference) => (typeof reference === 'string' ? 1 : reference.length)));
  return counts.size === 1 ? [...counts][0]! : 'var';
}

function referencesOf(reference: Reference, index: number): readonly string[] {
  if (typeof reference === 'string') return [reference];
  if (reference.length > 0) return reference;
  throw new DataError('data/no-reference', `sentence ${index + 1} has no reference; each needs at least one`);
}

function checkCounts(hypotheses: readonly string[], references: readonly Reference[]): void {
  if (hypotheses.length !== references.length) {
    const message =
      `there are ${hypotheses.length} translations and ${references.length} references; ` +
      'line i of one has to belong to line i of the other';
    throw new DataError('data/line-count', message);
  }
  if (hypotheses.length === 0) {
    throw new DataError('data/empty', 'there is no translation to score; give at least one line');
  }
}
