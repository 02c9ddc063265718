import type { LanguageModelConfigInput } from '../config.js';

/** A small character model that learns to write from one novel in under two minutes on two cores. */
export const demo: LanguageModelConfigInput = {
  text: { unit: 'character', validationFraction: 0.05 },
  model: { cell: 'lstm', layers: 1, hiddenSize: 256, embeddingSize: 64 },
  batches: { batchSize: 32, truncationSteps: 64, stateResetProbability: 0.02 },
  training: {
    epochs: 6,
    optimizer: { name: 'adam', learningRate: 0.005 },
    schedule: { name: 'cosine', minimumFactor: 0.05 },
    clipNorm: 1,
  },
};
