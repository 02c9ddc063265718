import { randomKey } from '@unroll/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBatchSource, type Batch, type BatchSizes, type TokenStream } from '@unroll/language-modeling';

const stream = (length: number): TokenStream => ({
  name: 'counted',
  ids: Int32Array.from({ length }, (_, i) => i),
  characters: length,
});

function allBatches(length: number, sizes: BatchSizes, from = 0): readonly Batch[] {
  const source = createBatchSource(stream(length), sizes);
  return [...(source.batches(0, randomKey(1), from) as Iterable<Batch>)];
}

/** [input, target] of every real position of one stream, in time order; ids are positions in the text. */
function streamOf(batches: readonly Batch[], b: number): readonly (readonly [number, number])[] {
  return batches.flatMap(({ timeSteps, batchSize, inputs, targets, mask }) =>
    Array.from({ length: timeSteps }, (_, t) => t * batchSize + b)
      .filter((i) => mask?.[i] !== 0)
      .map((i) => [inputs[i]!, targets[i]!] as const),
  );
}

const cases = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 9 }), fc.nat(100))
  .map(([batchSize, truncationSteps, more]) => ({
    batchSize,
    truncationSteps,
    length: batchSize * truncationSteps + 1 + more,
  }));

describe('windows', () => {
  test('every token but the first is a target exactly once', () => {
    fc.assert(
      fc.property(cases, ({ length, ...sizes }) => {
        const batches = allBatches(length, sizes);
        const targets = Array.from({ length: sizes.batchSize }, (_, b) =>
          streamOf(batches, b).map(([, target]) => target),
        ).flat();
        expect(targets.sort((a, b) => a - b)).toEqual(Array.from({ length: length - 1 }, (_, i) => i + 1));
        expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(length - 1);
      }),
    );
  });

  test('a stream is contiguous: window after window, and its target is its next input', () => {
    fc.assert(
      fc.property(cases, ({ length, ...sizes }) => {
        const batches = allBatches(length, sizes);
        for (let b = 0; b < sizes.batchSize; b++) {
          const steps = streamOf(batches, b);
          const first = steps[0]![0];
          expect(steps).toEqual(steps.map((_, i) => [first + i, first + i + 1]));
        }
      }),
    );
  });

  test('windows are never longer than asked for and differ by one step at most', () => {
    fc.assert(
      fc.property(cases, ({ length, ...sizes }) => {
        const lengths = allBatches(length, sizes).map(({ timeSteps }) => timeSteps);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(sizes.truncationSteps);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('starting at a later window skips the earlier ones', () => {
    const sizes = { batchSize: 3, truncationSteps: 5 };
    expect(allBatches(100, sizes, 2)).toEqual(allBatches(100, sizes).slice(2));
  });

  test('the streams of the Penn Treebank tutorial: 929,589 tokens in 20 streams of 20 steps', () => {
    const source = createBatchSource(stream(929_589), { batchSize: 20, truncationSteps: 20 });
    expect(source.batchesPerEpoch).toBe(2324);
    const [first] = source.batches(0, randomKey(1), 0) as Iterable<Batch>;
    expect([...first!.inputs.subarray(0, 20)]).toEqual(
      Array.from({ length: 20 }, (_, b) => b * 46_479 + Math.min(b, 8)),
    );
  });
});
