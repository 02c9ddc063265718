/** What one item adds to a score. */
export interface Statistic {
  readonly numerator: number;
  /** what it is measured in: 1 for a plain mean, the item's length for a rate */
  readonly denominator: number;
}

/** A score: a statistic of each item, summed, then divided; so it does not depend on how items were batched. */
export interface Metric<Item> {
  readonly name: string;
  readonly statistic: (item: Item) => Statistic;
  /** for example exp, from nats per token to perplexity */
  readonly finish: (ratio: number) => number;
}

const identity = (value: number) => value;

/** The mean of one number per item. */
export function mean<Item>(name: string, value: (item: Item) => number): Metric<Item> {
  return { name, statistic: (item) => ({ numerator: value(item), denominator: 1 }), finish: identity };
}

/** Σ numerator / Σ denominator, for example errors per token; `finish` turns the ratio into the score. */
export function ratio<Item>(
  name: string,
  statistic: (item: Item) => Statistic,
  finish: (ratio: number) => number = identity,
): Metric<Item> {
  return { name, statistic, finish };
}

/**
 * The scores of many items, by the metrics' names, in one pass; NaN where nothing was counted.
 *
 * @param items - in any order, for example the predictions of a split
 */
export async function computeMetrics<Item>(
  metrics: readonly Metric<Item>[],
  items: Iterable<Item> | AsyncIterable<Item>,
): Promise<Readonly<Record<string, number>>> {
  const sums = metrics.map(() => ({ numerator: 0, denominator: 0 }));
  for await (const item of items) {
    metrics.forEach((metric, i) => {
      const { numerator, denominator } = metric.statistic(item);
      sums[i]!.numerator += numerator;
      sums[i]!.denominator += denominator;
    });
  }
  return Object.fromEntries(
    metrics.map(({ name, finish }, i) => [name, finish(sums[i]!.numerator / sums[i]!.denominator)]),
  );
}
