import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { computeMetrics, mean, ratio } from './metric.js';

interface Sentence {
  readonly errors: number;
  readonly words: number;
}

const errorRate = ratio('errorRate', (item: Sentence) => ({ numerator: item.errors, denominator: item.words }));
const meanErrors = mean('meanErrors', (item: Sentence) => item.errors);

describe('metrics', () => {
  it('divides the sums, not the items: long items weigh more in a ratio, the same in a mean', async () => {
    const scores = await computeMetrics(
      [errorRate, meanErrors],
      [
        { errors: 1, words: 1 },
        { errors: 0, words: 9 },
      ],
    );
    expect(scores).toEqual({ errorRate: 0.1, meanErrors: 0.5 });
  });

  it('finishes after dividing', async () => {
    const perplexity = ratio('perplexity', (nats: number) => ({ numerator: nats, denominator: 1 }), Math.exp);
    expect(await computeMetrics([perplexity], [1, 3])).toEqual({ perplexity: Math.exp(2) });
  });

  it('does not depend on the order of the items', async () => {
    const sentences = fc.array(
      fc.record({ errors: fc.integer({ min: 0, max: 99 }), words: fc.integer({ min: 1, max: 99 }) }),
      { minLength: 1 },
    );
    await fc.assert(
      fc.asyncProperty(sentences, async (items) => {
        const forward = await computeMetrics([errorRate, meanErrors], items);
        expect(await computeMetrics([errorRate, meanErrors], items.toReversed())).toEqual(forward);
      }),
    );
  });

  it('is not a number when nothing was counted', async () => {
    expect(await computeMetrics([errorRate], [])).toEqual({ errorRate: Number.NaN });
  });
});
