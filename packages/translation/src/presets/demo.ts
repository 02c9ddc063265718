import type { TranslationConfigInput } from '../config.js';

/** A small network that learns numbers and dates within a minute. */
export const demo: TranslationConfigInput = {
  tokenization: { unit: 'character', joint: true },
  model: {
    embeddingSize: 32,
    encoder: { cell: 'gru', layers: 1, hiddenSize: 96, bidirectional: true },
    decoder: { cell: 'gru', layers: 1, hiddenSize: 96, attends: 'between' },
    attention: { kind: 'additive' },
    bridge: 'mean',
  },
  batches: { sentences: 64, tokens: 8192 },
  // digits in words are five times as long
  decoding: { beam: 1, lengthFactor: 5, lengthExtra: 20 },
  training: {
    epochs: 3,
    optimizer: { name: 'adam', learningRate: 0.004 },
    schedule: { name: 'cosine', minimumFactor: 0.05, warmupSteps: 50 },
    clipNorm: 1,
  },
};
