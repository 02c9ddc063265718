import { ShapeError } from '@unroll/core';

/**
 * The voice of a speaker from several recordings: the mean of their embeddings, of length 1.
 *
 * @param embeddings - each `[embeddingSize]`
 * @throws {ShapeError} `shape/mismatch` for none, or for vectors of different models
 */
export function enroll(embeddings: readonly Float32Array[]): Float32Array {
  const [first] = embeddings;
  if (!first) throw new ShapeError('shape/mismatch', 'a voice needs at least one recording of its speaker, got none');
  const sum = new Float64Array(first.length);
  for (const embedding of embeddings) {
    requireWidth(embedding, first.length);
    embedding.forEach((value, i) => (sum[i]! += value));
  }
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => (length > 0 ? value / length : 0));
}

/** How alike two voices are: the cosine between their vectors, −1 … 1. @throws {ShapeError} `shape/mismatch` for vectors of different models */
export function compareVoices(one: Float32Array, other: Float32Array): number {
  requireWidth(other, one.length);
  let product = 0;
  let lengths = [0, 0] as [number, number];
  one.forEach((value, i) => {
    product += value * other[i]!;
    lengths = [lengths[0] + value * value, lengths[1] + other[i]! * other[i]!];
  });
  return product / Math.max(1e-12, Math.sqrt(lengths[0] * lengths[1]));
}

function requireWidth(embedding: Float32Array, width: number): void {
  if (embedding.length === width) return;
  const message = `voices of one model have ${width} numbers each, got one of ${embedding.length}; embed all of them with the same model`;
  throw new ShapeError('shape/mismatch', message);
}
