import type { TranslationConfigInput } from '../config.js';

/** Numbers and dates from English to German, character by character: every pair has one right answer. */
export const numbersDates: TranslationConfigInput = {
  tokenization: { unit: 'character', joint: true },
  model: {
    embeddingSize: 64,
    encoder: { cell: 'gru', layers: 1, hiddenSize: 192, bidirectional: true },
    decoder: { cell: 'gru', layers: 1, hiddenSize: 192, attends: 'between' },
    attention: { kind: 'additive' },
    bridge: 'mean',
    dropout: { embedding: 0.1, context: 0.1, output: 0.1 },
  },
  batches: { sentences: 64, tokens: 8192 },
  // digits in words are five times as long
  decoding: { beam: 1, lengthFactor: 5, lengthExtra: 20 },
  training: {
    epochs: 12,
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: { name: 'cosine', minimumFactor: 0.02, warmupSteps: 200 },
    clipNorm: 1,
  },
};
