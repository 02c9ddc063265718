import { randomKey, train, type Checkpoint, type TrainingEvent } from '@unroll/core';
import { expect, test } from 'vitest';
import {
  createLanguageModel,
  createLanguageModelingTask,
  parseLanguageModelConfig,
  prepareText,
  type LanguageModelConfigInput,
} from '@unroll/language-modeling';
import { sampleText, textSource } from './sources.js';

const configInput: LanguageModelConfigInput = {
  model: { layers: 2, hiddenSize: 8, dropout: { embedding: 0.2, layers: 0.2, output: 0.2, recurrent: 0.2 } },
  batches: { batchSize: 4, truncationSteps: 8 },
  training: {
    epochs: 2,
    optimizer: { name: 'adam', learningRate: 0.01 },
    schedule: { name: 'cosine' },
    clipNorm: 1,
    checkpointEverySteps: 5,
    keepCheckpoints: 100,
  },
};

interface Run {
  readonly checkpoints: ReadonlyMap<number, Checkpoint>;
  readonly losses: ReadonlyMap<number, number>;
}

/** A whole run from a new model, or from a checkpoint of another. */
async function run(seed: number, resumeFrom?: Checkpoint): Promise<Run> {
  const config = parseLanguageModelConfig(configInput);
  const { vocabulary, splits } = await prepareText({ train: textSource(sampleText(12)) }, config);
  const model = createLanguageModel(config, vocabulary.size, randomKey(seed));
  const task = createLanguageModelingTask({ config, model, ...splits });
  const checkpoints = new Map<number, Checkpoint>();
  const store = {
    saveCheckpoint: (checkpoint: Checkpoint) => {
      checkpoints.set(checkpoint.progress.step, structuredClone(checkpoint));
      return Promise.resolve('memory');
    },
    saveModel: () => Promise.resolve(),
  };
  const options = {
    config: config.training,
    key: randomKey(4),
    store,
    clock: () => 0,
    ...(resumeFrom && { resumeFrom }),
  };
  const events: TrainingEvent[] = [];
  for await (const event of train(task, options)) events.push(event);
  model.dispose();
  const losses = new Map(events.flatMap((event) => (event.type === 'step' ? [[event.step, event.loss] as const] : [])));
  return { checkpoints, losses };
}

test('a resumed run gives bit for bit what it would have given, in the middle of an epoch and at its end', async () => {
  const whole = await run(1);
  const steps = whole.losses.size;
  for (const from of [5, steps / 2, steps - 3]) {
    const start = [...whole.checkpoints.keys()].findLast((step) => step <= from)!;
    // other first weights: all must come from the checkpoint
    const resumed = await run(2, whole.checkpoints.get(start));
    for (const [step, loss] of resumed.losses) expect(loss).toBe(whole.losses.get(step));
    expect(resumed.losses.size).toBe(steps - start);
    expect(resumed.checkpoints.get(steps)).toEqual(whole.checkpoints.get(steps));
  }
}, 60_000);

test('another first state is another run', async () => {
  const [a, b] = [await run(1), await run(2)];
  expect(a.losses.get(1)).not.toBe(b.losses.get(1));
}, 60_000);
