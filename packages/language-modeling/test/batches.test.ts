import { randomKey } from '@unroll/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBatchSource, type Batch, type TokenStream } from '@unroll/language-modeling';

const stream = (length: number): TokenStream => ({
  name: 'counted',
  ids: Int32Array.from({ length }, (_, i) => i),
  characters: length,
});

function allBatches(length: number, batchSize: number, truncationSteps: number, from = 0): readonly Batch[] {
  const source = createBatchSource(stream(length), { batchSize, truncationSteps });
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

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 9 }), fc.nat(100))
  .map(([batchSize, truncationSteps, more]) => ({
    batchSize,
    truncationSteps,
    length: batchSize * truncationSteps + 1 + more,
  }));

describe('windows', () => {
  test('every token but the first is a target exactly once', () => {
    fc.assert(
      fc.property(sizes, ({ length, batchSize, truncationSteps }) => {
        const batches = allBatches(length, batchSize, truncationSteps);
        const targets = Array.from({ length: batchSize }, (_, b) =>
          streamOf(batches, b).map(([, target]) => target),
        ).flat();
        expect(targets.sort((a, b) => a - b)).toEqual(Array.from({ length: length - 1 }, (_, i) => i + 1));
        expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(length - 1);
      }),
    );
  });

  test('a stream is contiguous: window after window, and its target is its next input', () => {
    fc.assert(
      fc.property(sizes, ({ length, batchSize, truncationSteps }) => {
        const batches = allBatches(length, batchSize, truncationSteps);
        for (let b = 0; b < batchSize; b++) {
          const steps = streamOf(batches, b);
          steps.forEach(([input, target], i) => {
            expect(target).toBe(input + 1);
            if (i > 0) expect(input).toBe(steps[i - 1]![0] + 1);
          });
        }
      }),
    );
  });

  test('windows are never longer than asked for and differ by one step at most', () => {
    fc.assert(
      fc.property(sizes, ({ length, batchSize, truncationSteps }) => {
        const lengths = allBatches(length, batchSize, truncationSteps).map(({ timeSteps }) => timeSteps);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(truncationSteps);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('starting at a later window skips the earlier ones', () => {
    expect(allBatches(100, 3, 5, 2)).toEqual(allBatches(100, 3, 5).slice(2));
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
