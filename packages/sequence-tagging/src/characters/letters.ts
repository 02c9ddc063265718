import { deriveKey, dropout, Embedding, initializers, type DropoutOptions, type RandomKey } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { BatchSpellings } from '../types.js';

/** Vectors of letters, uniform in ±√(3 / size), so that their numbers have variance 1 / size. */
export function letterEmbedding({
  config,
  vocabularySize,
  key,
}: {
  readonly config: { readonly size: number };
  readonly vocabularySize: number;
  readonly key: RandomKey;
}): Embedding {
  return new Embedding({
    vocabularySize,
    embeddingSize: config.size,
    key: deriveKey(key, 'embedding'),
    initializer: initializers.uniform(Math.sqrt(3 / config.size)),
  });
}

/** @returns `[letter, spelling, size]`, with dropout; what stands in padding is the vector of some letter */
export function embedLetters(
  embedding: Embedding,
  { timeSteps, size, characters }: BatchSpellings,
  options: DropoutOptions,
): tf.Tensor3D {
  return tf.tidy(() => {
    const vectors = embedding.apply(tf.tensor2d(characters, [timeSteps, size], 'int32')) as tf.Tensor3D;
    return dropout(vectors, options);
  });
}
