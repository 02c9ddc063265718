import * as tf from '@tensorflow/tfjs-core';
import { LstmSequence, pathCounts, randomKey, train, uniform, type TrainingEvent } from '@unroll/core';
import { expectClose, tolerances } from '@unroll/core/testing';
import { expect, test, vi } from 'vitest';
import {
  createLanguageModel,
  createLanguageModelingTask,
  parseLanguageModelConfig,
  type LanguageModelConfigInput,
} from '@unroll/language-modeling';

// some runs take their time on a busy machine
vi.setConfig({ testTimeout: 60_000 });

const vocabularySize = 40;

interface Setting {
  readonly model: LanguageModelConfigInput['model'];
  readonly batchSize: number;
  readonly timeSteps: number;
  readonly activationBytes: number;
}

/** Two epochs of three windows each, whose last is masked, with state carried and reset in between. */
async function trainTwoEpochs({ model, batchSize, timeSteps, activationBytes }: Setting) {
  const config = parseLanguageModelConfig({
    model,
    batches: { batchSize, truncationSteps: timeSteps, stateResetProbability: 0.2 },
    training: { epochs: 2, optimizer: { name: 'sgd', learningRate: 0.5 }, clipNorm: 1, activationBytes },
  });
  const network = createLanguageModel(config, vocabularySize, randomKey(1));
  const length = 3 * batchSize * timeSteps;
  const ids = Int32Array.from(uniform(randomKey(2), length), (value) => Math.floor(value * vocabularySize));
  const words = { name: 'words', ids, characters: length };
  const task = createLanguageModelingTask({ config, model: network, train: words, valid: words });
  const events: TrainingEvent[] = [];
  for await (const event of train(task, { config: config.training, key: randomKey(3), clock: () => 0 })) {
    events.push(event);
  }
  const losses = events.flatMap((event) =>
    event.type === 'step' ? [event.loss, event.gradientNorm] : event.type === 'evaluation' ? [event.scores.loss] : [],
  );
  const weights = Object.fromEntries(Object.entries(network.parameters).map(([name, v]) => [name, tf.clone(v)]));
  network.dispose();
  return { weights, losses: tf.tensor1d(losses) };
}

const rates = { embedding: 0.3, layers: 0.2, output: 0.4, recurrent: 0.25 };
const settings: readonly (readonly [string, LanguageModelConfigInput['model'], batchSize: number, bytes: number])[] = [
  ['dropout', { hiddenSize: 9, dropout: rates }, 3, 12_000],
  [
    'locked dropout, a tied embedding',
    { hiddenSize: 6, tiedEmbedding: true, dropout: { ...rates, kind: 'locked' } },
    3,
    12_000,
  ],
  ['GRU, one-hot, layer norm', { hiddenSize: 5, cell: 'gru', embeddingSize: 'one-hot', layerNorm: true }, 4, 12_000],
  ['three simple layers', { hiddenSize: 7, cell: 'elman-tanh', layers: 3 }, 1, 1400],
];

test.for(settings)(
  'training in pieces of time gives the numbers of the whole: %s',
  async ([, model, batchSize, bytes]) => {
    const sizes = { model, batchSize, timeSteps: 11 };
    const whole = await trainTwoEpochs({ ...sizes, activationBytes: 0 });
    const calls = () => tf.memory().numTensors;
    const before = calls();
    const pieces = await trainTwoEpochs({ ...sizes, activationBytes: bytes });
    expectClose(pieces.losses, whole.losses, { ...tolerances.backward, name: 'losses and norms' });
    for (const [name, weight] of Object.entries(pieces.weights)) {
      expectClose(weight, whole.weights[name]!, { ...tolerances.backward, name });
    }
    // Nothing is left but what was returned.
    expect(calls() - before).toBe(1 + Object.keys(pieces.weights).length);
    tf.dispose([whole, pieces] as never);
  },
);

test('as few pieces as fit are walked, each but the last one time more', async () => {
  const walks = () => {
    const { fused, steps } = pathCounts(LstmSequence);
    return fused + steps;
  };
  const sizes = { model: { hiddenSize: 8, layers: 1 }, batchSize: 2, timeSteps: 12 };
  const walksWith = async (activationBytes: number) => {
    const before = walks();
    tf.dispose(await trainTwoEpochs({ ...sizes, activationBytes }));
    return walks() - before;
  };
  // Two epochs of three windows, and of three more to evaluate.
  expect(await walksWith(0)).toBe(12);
  expect(await walksWith(1e9)).toBe(12);
  const inPieces = await walksWith(5000);
  const count = (inPieces / 6 + 1) / 3;
  expect(count).toBeGreaterThan(1);
  expect(count % 1).toBe(0);
});

test('too few bytes for a single step are refused', async () => {
  const sizes = { model: { hiddenSize: 8 }, batchSize: 2, timeSteps: 12 };
  await expect(trainTwoEpochs({ ...sizes, activationBytes: 1000 })).rejects.toThrow(
    /training\.activationBytes is 1000; a window of 12 steps of 2 streams takes at least \d+: give more, or lower/,
  );
});

test.for([
  ['plain', { hiddenSize: 48 }],
  ['dropout', { hiddenSize: 48, dropout: rates }],
  ['GRU with layer norm', { hiddenSize: 48, cell: 'gru', layerNorm: true }],
] as const)('memory stays within what was given: %s', async ([, model], { skip }) => {
  skip(tf.getBackend() !== 'native', 'only the native engine has a pool of buffers');
  const held = () => {
    const { usedBytes, freeBytes } = tf.memory() as tf.MemoryInfo & { usedBytes: number; freeBytes: number };
    return usedBytes + freeBytes;
  };
  const activationBytes = 2_000_000;
  const before = held();
  tf.dispose(await trainTwoEpochs({ model, batchSize: 8, timeSteps: 900, activationBytes }));
  // Weights, their gradients and sums, what the pool rounds up; the whole would take more than 20 MB.
  expect(held() - before).toBeLessThan(activationBytes * 1.125 + 1_500_000);
});
