import * as tf from '@tensorflow/tfjs-core';
import { createOptimizer, differentiate, Embedding, parseConfig, randomKey, trainingConfigSchema } from '@unroll/core';
import { expect, it } from 'vitest';

/** Bytes that the engine got while a table of `vocabularySize` rows was trained for some steps on the same few words. */
function bytesOfTraining(vocabularySize: number): number {
  const embedding = new Embedding({ vocabularySize, embeddingSize: 33, key: randomKey(1) });
  const config = parseConfig(trainingConfigSchema, { optimizer: { name: 'sgd' }, clipNorm: 0.1 });
  const optimizer = createOptimizer(embedding.parameters, config);
  const held = () => {
    const { usedBytes, freeBytes } = tf.memory() as tf.MemoryInfo & { usedBytes: number; freeBytes: number };
    return usedBytes + freeBytes;
  };
  // The table's own memory is taken with the first update.
  const update = (step: number) =>
    tf.tidy(() => {
      const ids = tf.tensor1d([0, 7, 7, vocabularySize - 1], 'int32');
      const { gradients } = differentiate(() => tf.sum<tf.Scalar>(tf.square(embedding.apply(ids))), [embedding.table]);
      optimizer.apply(gradients, { step, learningRate: 0.1, gradientScale: 1 });
    });
  const before = held();
  for (let step = 1; step <= 3; step++) update(step);
  const bytes = held() - before - 4 * embedding.table.size;
  optimizer.dispose();
  embedding.table.dispose();
  return bytes;
}

it('training an embedding takes memory for the words that occur, not for all', ({ skip }) => {
  skip(tf.getBackend() !== 'native', 'only the native engine has a pool of buffers');
  const [small, large] = [bytesOfTraining(1000), bytesOfTraining(60_000)];
  // Rounding to a size of the pool's is all that may differ.
  expect(large).toBeLessThan(small + 0.13 * 4 * 33 * 60_000);
});
