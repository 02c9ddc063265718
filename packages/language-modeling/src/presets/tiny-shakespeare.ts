import type { LanguageModelConfigInput } from '../config.js';

/** 2 × 512 LSTM on characters, 90/10 split: meant to reach 1.55 nats a character on the held-out tenth. */
export const tinyShakespeare: LanguageModelConfigInput = {
  text: { unit: 'character', validationFraction: 0.1 },
  model: {
    cell: 'lstm',
    layers: 2,
    hiddenSize: 512,
    embeddingSize: 128,
    dropout: { kind: 'plain', layers: 0.3, output: 0.3 },
  },
  batches: { batchSize: 64, truncationSteps: 64, stateResetProbability: 0 },
  training: {
    epochs: 12,
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: { name: 'cosine', minimumFactor: 0.05 },
    clipNorm: 1,
  },
};
