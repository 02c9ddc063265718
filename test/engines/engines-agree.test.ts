import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@unroll/backend-native';
import { randomKey, train } from '@unroll/core';
import { expectClose } from '@unroll/core/testing';
import {
  createLanguageModel,
  createLanguageModelingTask,
  evaluateLanguageModel,
  loadLanguageModel,
  parseLanguageModelConfig,
  prepareText,
  saveLanguageModel,
  type LanguageModelConfigInput,
} from '@unroll/language-modeling';
import { afterAll, beforeAll, expect, test } from 'vitest';

const engines = ['cpu', 'native', 'tensorflow'] as const;
type Engine = (typeof engines)[number];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-engines-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await tf.setBackend('tensorflow');
});

const text = Array.from({ length: 400 }, (_, i) => `${(i * 7919) % 1009} and ${(i * i) % 97}\n`).join('');
const source = {
  name: 'numbers',
  bytes: async function* () {
    yield await Promise.resolve(new TextEncoder().encode(text));
  },
};

const steps = 50;
const recipes: readonly [string, LanguageModelConfigInput][] = [
  [
    'lstm, Adam, dropout, clipping',
    {
      model: {
        cell: 'lstm',
        layers: 2,
        hiddenSize: 12,
        dropout: { embedding: 0.2, layers: 0.2, output: 0.2, recurrent: 0.2 },
      },
      training: { optimizer: { name: 'adam', learningRate: 0.01 }, clipNorm: 1 },
    },
  ],
  [
    'gru, SGD',
    { model: { cell: 'gru', layers: 1, hiddenSize: 12 }, training: { optimizer: { name: 'sgd', learningRate: 0.5 } } },
  ],
  [
    'elman, RMSprop, weight decay',
    {
      model: { cell: 'elman-tanh', layers: 1, hiddenSize: 12 },
      training: { optimizer: { name: 'rmsprop', learningRate: 0.003 }, regularization: [{ match: '*', l2: 1e-4 }] },
    },
  ],
];

/** Trains on one engine and saves what came of it. */
async function learn(engine: Engine, input: LanguageModelConfigInput) {
  await tf.setBackend(engine);
  Object.assign(tf.backend(), { firstUse: false });
  const config = parseLanguageModelConfig({
    ...input,
    batches: { batchSize: 4, truncationSteps: 10 },
    training: { ...input.training, maxSteps: steps, epochs: 100, evaluateEverySteps: 10 },
  });
  const { vocabulary, splits } = await prepareText({ train: source }, config);
  const model = createLanguageModel(config, vocabulary.size, randomKey(1));
  const task = createLanguageModelingTask({ config, model, ...splits });
  const losses: number[] = [];
  for await (const event of train(task, { config: config.training, key: randomKey(1), clock: () => 0 })) {
    if (event.type === 'evaluation') losses.push(event.scores['loss']);
  }
  const weights = Object.values(model.parameters).flatMap((parameter) => Array.from(parameter.dataSync()));
  const path = join(folder, `${engine}-${recipes.findIndex(([, each]) => each === input)}`);
  await saveLanguageModel(path, { model, vocabulary });
  model.dispose();
  return { path, losses, weights, valid: splits.valid };
}

const asNumbers = (values: readonly number[]) => ({ shape: [values.length], values });

test.each(recipes)(
  `%s: the engines agree over ${steps} updates, and load each other's models`,
  async (_name, input) => {
    const runs = [];
    for (const engine of engines) runs.push(await learn(engine, input));
    const [reference, ...others] = runs;
    expect(reference!.losses).toHaveLength(steps / 10);
    for (const { losses, weights } of others) {
      expectClose(asNumbers(losses), asNumbers(reference!.losses), { rtol: 1e-4, atol: 0, name: 'losses' });
      expectClose(asNumbers(weights), asNumbers(reference!.weights), { rtol: 1e-3, atol: 1e-4, name: 'weights' });
    }
    const scores: number[] = [];
    for (const engine of engines) {
      await tf.setBackend(engine);
      const { model } = await loadLanguageModel(runs[(engines.indexOf(engine) + 1) % engines.length]!.path);
      scores.push((await evaluateLanguageModel(model, reference!.valid)).lossNats);
      model.dispose();
    }
    expectClose(asNumbers(scores), asNumbers(scores.map(() => scores[0]!)), { rtol: 1e-4, atol: 0, name: 'scores' });
  },
);
