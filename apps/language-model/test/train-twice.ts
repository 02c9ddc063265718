/** For determinism.test.ts: trains a small language model in this process and prints what came of it, bit by bit. */
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import { configureNative } from '@unroll/backend-native';
import { randomKey, train, uniform } from '@unroll/core';
import { createLanguageModel, createLanguageModelingTask, parseLanguageModelConfig } from '@unroll/language-modeling';

const vocabularySize = 3000;
const batches = { batchSize: 16, truncationSteps: 24 };
const rates = { embedding: 0.1, layers: 0.2, output: 0.2, recurrent: 0.1 };

/** SHA-256 of all losses, gradient norms and weights of a run. */
async function hashOfRun(seed: number): Promise<string> {
  const config = parseLanguageModelConfig({
    model: { hiddenSize: 96, dropout: rates },
    batches,
    training: { maxSteps: 12, optimizer: { name: 'adam', learningRate: 0.01 }, clipNorm: 1 },
  });
  const key = randomKey(seed);
  const model = createLanguageModel(config, vocabularySize, key);
  const length = 16 * 24 * 12 + 1;
  const ids = Int32Array.from(uniform(randomKey(9), length), (value) => Math.floor(value * value * vocabularySize));
  const words = { name: 'words', ids, characters: length };
  const task = createLanguageModelingTask({ config, model, train: words });
  const hash = createHash('sha256');
  for await (const event of train(task, { config: config.training, key, clock: () => 0 })) {
    if (event.type === 'step') hash.update(Float64Array.of(event.loss, event.gradientNorm));
  }
  for (const variable of Object.values(model.parameters)) hash.update(variable.dataSync<'float32'>());
  model.dispose();
  return hash.digest('hex');
}

const hashes: Record<string, readonly string[]> = {};
for (const precision of ['float32', 'bfloat16'] as const) {
  for (const threads of [1, 2]) {
    configureNative({ threads, precision });
    await tf.setBackend('native');
    hashes[`${precision}, ${threads}`] = [await hashOfRun(1), await hashOfRun(1), await hashOfRun(2)];
  }
}
process.stdout.write(JSON.stringify(hashes));
