import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { randomKey } from '../tensors/random.js';
import { createBuckets } from './bucketing.js';

const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 2000 })), {
  maxLength: 300,
});
const anyLimits = fc.record({ items: fc.integer({ min: 1, max: 40 }), tokens: fc.integer({ min: 1, max: 3000 }) });
const longestOf = (batch: Uint32Array, all: readonly number[]) => Math.max(...Array.from(batch, (item) => all[item]!));

describe('any lengths', () => {
  test('each item is in one batch, none is empty, and the limits hold', () => {
    fc.assert(
      fc.property(lengths, anyLimits, fc.integer({ min: 0, max: 9 }), (all, limit, seed) => {
        const batches = createBuckets(all, limit).batches(seed === 0 ? undefined : randomKey(seed));
        expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual([...all.keys()]);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(limit.items);
          const padded = batch.length === 1 ? 0 : batch.length * longestOf(batch, all);
          expect(padded).toBeLessThanOrEqual(limit.tokens);
        }
      }),
    );
  });

  test('there are as many batches with every key', () => {
    fc.assert(
      fc.property(lengths, anyLimits, fc.integer({ min: 1, max: 99 }), (all, limit, seed) => {
        const buckets = createBuckets(all, limit);
        expect(buckets.batches(randomKey(seed)).length).toBe(buckets.batchCount);
        expect(buckets.batches().length).toBe(buckets.batchCount);
      }),
    );
  });
});

const manyLengths = Array.from({ length: 1000 }, (_, i) => 1 + ((i * 37) % 50));
const many = createBuckets(manyLengths, { items: 16, tokens: 400 });

test('the key alone decides: the same key the same batches, another key others', () => {
  const first = many.batches(randomKey(5));
  expect(many.batches(randomKey(5))).toEqual(first);
  const asSets = (batches: readonly Uint32Array[]) => new Set(batches.map((batch) => batch.toSorted().join()));
  const shared = [...asSets(many.batches(randomKey(6)))].filter((batch) => asSets(first).has(batch));
  expect(shared.length).toBeLessThan(many.batchCount / 10);
});

test('little of a batch is padding, and lengths do not come in order', () => {
  const batches = many.batches(randomKey(5));
  const longest = batches.map((batch) => longestOf(batch, manyLengths));
  const padded = batches.reduce((sum, batch, i) => sum + batch.length * longest[i]!, 0);
  expect(manyLengths.reduce((sum, length) => sum + length, 0) / padded).toBeGreaterThan(0.85);
  expect(longest).not.toEqual(longest.toSorted((a, b) => a - b));
});

test('without a key batches come by rising length, items of one length in order', () => {
  const buckets = createBuckets([3, 1, 2, 1, 3, 9], { items: 2, tokens: 100 });
  expect(buckets.batchCount).toBe(3);
  expect(buckets.batches().map((batch) => [...batch])).toEqual([
    [1, 3],
    [2, 0],
    [4, 5],
  ]);
});

test('a long item is a batch by itself and leaves the others as they are', () => {
  const around = [12, 11, 12, 20_000, 10];
  expect(
    createBuckets(around, { items: 4, tokens: 64 })
      .batches()
      .map((batch) => [...batch]),
  ).toEqual([[4, 1, 0, 2], [3]]);
});

test('few items of many lengths still fill a batch', () => {
  expect(createBuckets([3, 5, 9, 14, 22], { items: 5, tokens: 200 }).batchCount).toBe(1);
});

describe('items with two lengths', () => {
  const targets = Array.from({ length: 3000 }, (_, i) => 3 + ((i * 37) % 31));
  const sources = targets.map((length, i) => Math.max(1, Math.round(length * (0.6 + ((i * 13) % 17) / 20))));
  const limits = { items: 16, tokens: 300 };
  const shareOfReal = (batches: readonly Uint32Array[], side: readonly number[]) => {
    const padded = batches.reduce((sum, batch) => sum + batch.length * longestOf(batch, side), 0);
    return side.reduce((sum, length) => sum + length, 0) / padded;
  };

  test('any of them: each item is in one batch, and the longer side keeps the limits', () => {
    fc.assert(
      fc.property(lengths, anyLimits, fc.integer({ min: 1, max: 99 }), (all, limit, seed) => {
        const others = all.map((length, i) => (length * (1 + (i % 5))) >> 1);
        const buckets = createBuckets(all, limit, { others, spread: 1.1 });
        const batches = buckets.batches(randomKey(seed));
        expect(batches).toHaveLength(buckets.batchCount);
        expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual([...all.keys()]);
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(limit.items);
          const longest = Math.max(longestOf(batch, all), longestOf(batch, others));
          expect(batch.length === 1 ? 0 : batch.length * longest).toBeLessThanOrEqual(limit.tokens);
        }
      }),
    );
  });

  test('little of either side is padding', () => {
    const batches = createBuckets(targets, limits, { others: sources, spread: 1.1 }).batches(randomKey(5));
    expect(shareOfReal(batches, targets)).toBeGreaterThan(0.93);
    expect(shareOfReal(batches, sources)).toBeGreaterThan(0.88);
    const byOne = createBuckets(targets, limits, { spread: 1.1 }).batches(randomKey(5));
    expect(shareOfReal(byOne, sources)).toBeLessThan(0.75);
  });
});
