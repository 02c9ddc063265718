import { ShapeError } from '@unroll/core';
import { labelsOf } from './schemes/labels.js';
import type { SchemeName } from './schemes/scheme-names.js';
import { spansOf } from './schemes/spans.js';
import { outside } from './schemes/tag-parts.js';
import type { TagColumn, TagScores } from './types.js';

/** How the tags of a column are to be counted. */
export interface ScoredColumn {
  /** that the tags are written in */
  readonly scheme: SchemeName;
  readonly multiLabel: boolean;
  /** parts the labels of a token; `|` unless set */
  readonly labelSeparator?: string | undefined;
}

/** The sums that `TagScores` are made of, so that they add up over sentences and batches. A type, so that it is a `Statistics` of core. */
export type TagStatistics = {
  readonly tokens: number;
  /** tokens whose tag, or whole set of labels, is right */
  readonly correct: number;
  /** spans, tags but `O`, or labels that are in both */
  readonly matched: number;
  readonly gold: number;
  readonly predicted: number;
};

/** What a column is judged by: F1, or accuracy where every token has one tag and none of them is O, so that the two are the same. */
export function mainScore({
  scheme,
  multiLabel,
  tags,
}: Pick<TagColumn, 'scheme' | 'multiLabel' | 'tags'>): 'f1' | 'accuracy' {
  return scheme === 'none' && !multiLabel && !tags.has(outside) ? 'accuracy' : 'f1';
}

/** What is compared: a span, a tag or a label. */
export interface ScoredItem {
  /** type of the span, the tag, or the label */
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What precision and recall of a sentence count: its spans where the scheme has them, every tag but `O` of a column without, every
 * label where a token has several.
 */
export function scoredItems(tags: readonly string[], column: ScoredColumn): readonly ScoredItem[] {
  const { scheme, multiLabel, labelSeparator = '|' } = column;
  if (multiLabel) {
    return tags.flatMap((cell, t) => labelsOf(cell, labelSeparator).map((type) => ({ type, start: t, end: t + 1 })));
  }
  if (scheme !== 'none') return spansOf(tags, scheme);
  return tags.flatMap((type, t) => (type === outside ? [] : [{ type, start: t, end: t + 1 }]));
}

/** Two items are the same if their keys are. */
export function itemKey({ type, start, end }: ScoredItem): string {
  return `${start} ${end} ${type}`;
}

/**
 * The sums of one sentence.
 *
 * @param gold - `[token]`
 * @param predicted - `[token]`
 * @throws {ShapeError} `shape/tags` if there are not as many predicted tags as tokens
 */
export function tagStatistics(
  gold: readonly string[],
  predicted: readonly string[],
  column: ScoredColumn,
): TagStatistics {
  checkLengths(gold, predicted);
  const goldItems = scoredItems(gold, column);
  const predictedItems = scoredItems(predicted, column);
  const keys = new Set(goldItems.map(itemKey));
  return {
    tokens: gold.length,
    correct: gold.filter((tag, t) => sameTag(tag, predicted[t]!, column)).length,
    matched: predictedItems.filter((item) => keys.has(itemKey(item))).length,
    gold: goldItems.length,
    predicted: predictedItems.length,
  };
}

/** Whether a token's tag is right; of several labels, whether it has exactly these. */
export function sameTag(gold: string, predicted: string, { multiLabel, labelSeparator = '|' }: ScoredColumn): boolean {
  if (gold === predicted) return true;
  if (!multiLabel) return false;
  const labels = new Set(labelsOf(gold, labelSeparator));
  const others = labelsOf(predicted, labelSeparator);
  return others.length === labels.size && others.every((label) => labels.has(label));
}

export const noStatistics: TagStatistics = { tokens: 0, correct: 0, matched: 0, gold: 0, predicted: 0 };

export function addStatistics(a: TagStatistics, b: TagStatistics): TagStatistics {
  return {
    tokens: a.tokens + b.tokens,
    correct: a.correct + b.correct,
    matched: a.matched + b.matched,
    gold: a.gold + b.gold,
    predicted: a.predicted + b.predicted,
  };
}

/**
 *   accuracy = correct / tokens     P = matched / predicted     R = matched / gold     F1 = 2 P R / (P + R)
 *
 * each 0 where it would divide by 0, as conlleval has it.
 */
export function scoresOfStatistics({ tokens, correct, matched, gold, predicted }: TagStatistics): TagScores {
  return { tokens, accuracy: share(correct, tokens), ...precisionRecall({ matched, gold, predicted }) };
}

/** Counts of one class, or of all. */
export interface MatchCounts {
  readonly matched: number;
  readonly gold: number;
  readonly predicted: number;
}

export interface PrecisionRecall {
  /** in 0 … 1 */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export function precisionRecall({ matched, gold, predicted }: MatchCounts): PrecisionRecall {
  return {
    precision: share(matched, predicted),
    recall: share(matched, gold),
    f1: share(2 * matched, gold + predicted),
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function checkLengths(gold: readonly string[], predicted: readonly string[]): void {
  if (gold.length === predicted.length) return;
  const message = `a sentence of ${gold.length} tokens has ${predicted.length} predicted tags; one for each token is needed`;
  throw new ShapeError('shape/tags', message);
}
