import type { SequenceTaggingConfigInput } from '../config.js';

/** A small network that learns to tag some thousand sentences within a minute. */
export const demo: SequenceTaggingConfigInput = {
  model: {
    words: { size: 48, minimumCount: 2 },
    characters: { kind: 'cnn', size: 16, filters: 32, width: 3 },
    layers: 1,
    hiddenSize: 64,
    head: 'softmax',
    dropout: { input: 0.2, layers: 0.2, output: 0.2 },
  },
  batches: { sentences: 32, tokens: 2048 },
  training: {
    epochs: 3,
    optimizer: { name: 'adam', learningRate: 0.005 },
    schedule: { name: 'cosine', minimumFactor: 0.05 },
    clipNorm: 1,
  },
};
