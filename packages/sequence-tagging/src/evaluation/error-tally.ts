import { itemKey, sameTag, scoredItems, type ScoredColumn } from '../metrics.js';
import type { ColumnPrediction, Sentence, Span } from '../types.js';
import type { ErrorKind, TaggingError } from './result.js';

/** that a mistake keeps on either side */
export const contextTokens = 8;

/** Counts mistakes by kind and keeps those that the tagger was most sure of. */
export class ErrorTally {
  readonly #kinds = new Map<ErrorKind, number>();
  readonly #limit: number;
  #kept: TaggingError[] = [];

  /** @param limit - mistakes to keep */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(errors: readonly TaggingError[]): void {
    for (const { kind } of errors) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    if (this.#limit === 0) return;
    this.#kept.push(...errors);
    if (this.#kept.length > 4 * this.#limit) this.#kept = this.errors();
  }

  /** most confident first; without probabilities in the order of the file */
  errors(): TaggingError[] {
    // sort is stable: equal ones stay in order
    return this.#kept.toSorted((a, b) => (b.probability ?? 0) - (a.probability ?? 0)).slice(0, this.#limit);
  }

  kinds(): Readonly<Partial<Record<ErrorKind, number>>> {
    return Object.fromEntries(this.#kinds);
  }

  count(): number {
    return [...this.#kinds.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** Where truth and prediction of a sentence differ; spans that overlap are one mistake. */
export function errorsOf(
  sentence: Sentence,
  { gold, predicted, column }: { gold: readonly string[]; predicted: ColumnPrediction; column: ScoredColumn },
): readonly TaggingError[] {
  const { line, tokens } = sentence;
  const regions =
    column.scheme === 'none' || column.multiLabel
      ? tokenRegions(gold, predicted.tags, column)
      : spanRegions(scoredItems(gold, column), scoredItems(predicted.tags, column));
  return regions.map((region) => {
    const probabilities = predicted.probabilities?.slice(region.start, region.end);
    return {
      ...region,
      line,
      tokens: tokens.slice(region.start, region.end),
      before: tokens.slice(Math.max(0, region.start - contextTokens), region.start),
      after: tokens.slice(region.end, region.end + contextTokens),
      ...(probabilities && { probability: Math.min(...probabilities) }),
    };
  });
}

type Region = Pick<TaggingError, 'kind' | 'start' | 'end' | 'gold' | 'predicted'>;

function tokenRegions(gold: readonly string[], predicted: readonly string[], column: ScoredColumn): Region[] {
  return gold.flatMap((tag, t) => {
    if (sameTag(tag, predicted[t]!, column)) return [];
    const place = { start: t, end: t + 1 };
    return [{ kind: 'tag', ...place, gold: [{ type: tag, ...place }], predicted: [{ type: predicted[t]!, ...place }] }];
  });
}

function spanRegions(gold: readonly Span[], predicted: readonly Span[]): Region[] {
  const [inGold, inPrediction] = [new Set(gold.map(itemKey)), new Set(predicted.map(itemKey))];
  const different = [
    ...gold.filter((span) => !inPrediction.has(itemKey(span))).map((span) => ({ span, isGold: true })),
    ...predicted.filter((span) => !inGold.has(itemKey(span))).map((span) => ({ span, isGold: false })),
  ].sort((a, b) => a.span.start - b.span.start);
  const regions: { start: number; end: number; gold: Span[]; predicted: Span[] }[] = [];
  for (const { span, isGold } of different) {
    let region = regions.at(-1);
    if (!region || span.start >= region.end) {
      regions.push((region = { start: span.start, end: span.end, gold: [], predicted: [] }));
    }
    region.end = Math.max(region.end, span.end);
    (isGold ? region.gold : region.predicted).push(span);
  }
  return regions.map((region) => ({ kind: kindOf(region.gold, region.predicted), ...region }));
}

function kindOf(gold: readonly Span[], predicted: readonly Span[]): ErrorKind {
  if (predicted.length === 0) return 'missed';
  if (gold.length === 0) return 'spurious';
  const [a, b] = [gold[0]!, predicted[0]!];
  if (gold.length > 1 || predicted.length > 1) {
    return [...gold, ...predicted].every(({ type }) => type === a.type) ? 'bounds' : 'both';
  }
  if (a.type === b.type) return 'bounds';
  return a.start === b.start && a.end === b.end ? 'type' : 'both';
}
