import type { Confusion } from './result.js';

/** Counts which tag was taken for which. */
export class ConfusionTally {
  readonly #rows = new Map<string, Map<string, number>>();

  /** @param gold - `[token]` @param predicted - `[token]` */
  add(gold: readonly string[], predicted: readonly string[]): void {
    gold.forEach((tag, t) => {
      let row = this.#rows.get(tag);
      if (!row) this.#rows.set(tag, (row = new Map<string, number>()));
      row.set(predicted[t]!, (row.get(predicted[t]!) ?? 0) + 1);
    });
  }

  result(): Confusion {
    const totals = new Map<string, number>();
    for (const [tag, row] of this.#rows) {
      totals.set(
        tag,
        [...row.values()].reduce((sum, count) => sum + count, 0),
      );
      for (const other of row.keys()) if (!this.#rows.has(other)) totals.set(other, 0);
    }
    const tags = [...totals].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([tag]) => tag);
    return { tags, counts: tags.flatMap((tag) => tags.map((other) => this.#rows.get(tag)?.get(other) ?? 0)) };
  }
}

/** One cell off the diagonal. */
export interface Mistake {
  readonly gold: string;
  readonly predicted: string;
  readonly count: number;
  /** of all tokens whose tag is `gold` */
  readonly share: number;
}

/** What is mistaken for what most often; the most frequent first. */
export function mostConfused({ tags, counts }: Confusion, limit: number): readonly Mistake[] {
  const size = tags.length;
  const mistakes: Mistake[] = [];
  tags.forEach((gold, i) => {
    const row = counts.slice(i * size, (i + 1) * size);
    const total = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, j) => {
      if (i !== j && count > 0) mistakes.push({ gold, predicted: tags[j]!, count, share: count / total });
    });
  });
  return mistakes.sort((a, b) => b.count - a.count || b.share - a.share).slice(0, limit);
}

/** The matrix of those tags alone that have most to do with mistakes, in the order of the whole. */
export function confusionOfWorst(confusion: Confusion, limit: number): Confusion {
  const { tags, counts } = confusion;
  const size = tags.length;
  if (size <= limit) return confusion;
  const mistakes = tags.map((_, i) =>
    tags.reduce((sum, _tag, j) => (i === j ? sum : sum + counts[i * size + j]! + counts[j * size + i]!), 0),
  );
  const worst = new Set([...mistakes.keys()].sort((a, b) => mistakes[b]! - mistakes[a]! || a - b).slice(0, limit));
  const kept = [...mistakes.keys()].filter((i) => worst.has(i));
  return { tags: kept.map((i) => tags[i]!), counts: kept.flatMap((i) => kept.map((j) => counts[i * size + j]!)) };
}
