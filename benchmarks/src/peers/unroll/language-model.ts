import { randomKey, uniform } from '@unroll/core';
import {
  createLanguageModel,
  createLanguageModelingTask,
  generateIds,
  parseLanguageModelConfig,
  type LanguageModel,
} from '@unroll/language-modeling';
import type { LanguageModelShape } from '../../models.js';
import type { Ran } from '../../harness/protocol.js';
import type { Repetitions, Session, StartOf } from './session.js';
import { Training } from './training.js';

/** Windows of random ids before the stream is read again. */
const windowsPerEpoch = 100;

/** A language model with its trainer and its generation, as users get them. */
export function startLanguageModel({ shape, seed }: StartOf<LanguageModelShape>): Session {
  const config = parseLanguageModelConfig({
    model: {
      cell: shape.cell ?? 'lstm',
      layers: shape.layers,
      hiddenSize: shape.hiddenSize,
      embeddingSize: shape.embeddingSize,
      dropout: { embedding: shape.dropout, layers: shape.dropout, output: shape.dropout },
      initialization: { kind: 'uniform', scale: 0.05, cellBias: 'uniform' },
      forgetBias: null,
    },
    // a carried state is never reset, as in the peers
    batches: { batchSize: shape.batchSize, truncationSteps: shape.timeSteps, stateResetProbability: 0 },
    gradientAverage: 'sequence',
    training: {
      epochs: 1_000_000,
      optimizer: { name: 'sgd', learningRate: shape.learningRate },
      clipNorm: shape.clipNorm,
    },
  });
  const model = createLanguageModel(config, shape.vocabularySize, randomKey(seed));
  const task = createLanguageModelingTask({ config, model, train: randomStream(shape, seed) });
  const training = new Training(task, config.training, seed);
  return {
    parameters: Object.values(model.parameters).reduce((sum, { size }) => sum + size, 0),
    run: (work, repetitions) => (work === 'train' ? training.run(repetitions) : infer(model, repetitions)),
  };
}

function randomStream({ vocabularySize, batchSize, timeSteps }: LanguageModelShape, seed: number) {
  const length = batchSize * timeSteps * windowsPerEpoch + 1;
  const ids = Int32Array.from(uniform(randomKey(seed), length), (value) => Math.floor(value * vocabularySize));
  return { name: 'random ids', ids, characters: length };
}

function infer(model: LanguageModel, { count, budgetMs }: Repetitions): Ran {
  const ms: number[] = [];
  let begin = performance.now();
  const deadline = begin + budgetMs;
  for (const _ of generateIds(model, [0], { length: count, key: randomKey(0), greedy: true })) {
    const now = performance.now();
    ms.push(now - begin);
    begin = now;
    if (begin > deadline) break;
  }
  return { ms };
}
