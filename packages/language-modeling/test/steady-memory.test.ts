import * as tf from '@tensorflow/tfjs-core';
import { randomKey, train, uniform, type TrainingEvent } from '@unroll/core';
import { expect, test } from 'vitest';
import {
  createLanguageModel,
  createLanguageModelingTask,
  parseLanguageModelConfig,
  type LanguageModelConfigInput,
} from '@unroll/language-modeling';

const vocabularySize = 300;
const batches = { batchSize: 6, truncationSteps: 11 };
const rate = 0.2;
const model = { hiddenSize: 24, dropout: { embedding: rate, layers: rate, output: rate, recurrent: rate } };

/** Buffers that the engine has made, and tensors that are alive. */
const memory = () => {
  const { allocations, numTensors } = tf.memory() as tf.MemoryInfo & { allocations: number };
  return { allocations, numTensors };
};

/** The engine's memory after each of `steps` training steps on random words. */
async function memoryAfterSteps(input: LanguageModelConfigInput, steps: number) {
  const config = parseLanguageModelConfig({ ...input, batches });
  const network = createLanguageModel(config, vocabularySize, randomKey(1));
  // Windows of 10 and of 11 steps.
  const length = 6 * 10.5 * steps * 4;
  const ids = Int32Array.from(uniform(randomKey(2), length), (value) => Math.floor(value * vocabularySize));
  const task = createLanguageModelingTask({
    config,
    model: network,
    train: { name: 'words', ids, characters: length },
  });
  const events = train(task, { config: config.training, key: randomKey(3), clock: () => 0 });
  const after: ReturnType<typeof memory>[] = [];
  const kinds: TrainingEvent['type'][] = [];
  for await (const { type } of events) {
    kinds.push(type);
    if (type === 'step') after.push(memory());
    if (after.length === steps) break;
  }
  expect(kinds.filter((type) => type !== 'step')).toEqual(['started']);
  network.dispose();
  return after;
}

test.for<{ name: string; input: LanguageModelConfigInput }>([
  { name: 'SGD', input: { model, training: { optimizer: { name: 'sgd' }, clipNorm: 5 } } },
  {
    name: 'AdamW, a tied embedding',
    input: { model: { ...model, tiedEmbedding: true }, training: { optimizer: { name: 'adamw' } } },
  },
  {
    name: 'three batches a step, locked dropout',
    input: { model: { ...model, dropout: { ...model.dropout, kind: 'locked' } }, training: { accumulationSteps: 3 } },
  },
  { name: 'one-hot input, GRU', input: { model: { ...model, cell: 'gru', embeddingSize: 'one-hot' } } },
])('a steady training step needs no new memory: $name', async ({ input }, { skip }) => {
  skip(tf.getBackend() !== 'native', 'only the native engine has a pool of buffers');
  const after = (await memoryAfterSteps(input, 60)).slice(-21);
  expect(after).toEqual(after.map(() => after[0]));
});
