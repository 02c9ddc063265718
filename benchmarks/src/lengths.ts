import { deriveKey, randomKey, uniform } from '@unroll/core';
import type { TaggerShape, TranslatorShape } from './models.js';

/** Batches of different lengths before they come again. */
const batches = 8;

/**
 * The lengths of sentences of a batch, the same for every peer: uniform from `shortest` to `timeSteps`, unsorted, one of
 * them `timeSteps` itself, so that every peer pads to the same length.
 */
export function lengthsOf({
  batchSize,
  shortest,
  timeSteps,
}: TaggerShape | TranslatorShape): readonly (readonly number[])[] {
  const key = randomKey(1);
  return Array.from({ length: batches }, (_, batch) => {
    const draws = uniform(deriveKey(key, batch), batchSize + 1);
    const longest = Math.floor(draws[batchSize]! * batchSize);
    return Array.from({ length: batchSize }, (_, row) =>
      row === longest ? timeSteps : shortest + Math.floor(draws[row]! * (timeSteps - shortest + 1)),
    );
  });
}

/** Real positions of a batch, mean over the batches. */
export function meanTokens(shape: TaggerShape | TranslatorShape): number {
  const lengths = lengthsOf(shape);
  return lengths.flat().reduce((sum, length) => sum + length, 0) / lengths.length;
}
