import type { LanguageModelConfigInput } from '../config.js';

/**
 * The defaults of Karpathy's char-rnn (2015): 2 × 128 LSTM on one-hot characters, RMSprop, gradients clipped by value, learning rate times
 * 0.97 each epoch from the eleventh on, 5 % of the text held out.
 */
export const charRnn: LanguageModelConfigInput = {
  text: { unit: 'character', validationFraction: 0.05 },
  model: {
    cell: 'lstm',
    layers: 2,
    hiddenSize: 128,
    embeddingSize: 'one-hot',
    initialization: { kind: 'uniform', scale: 0.08, cellBias: 'uniform' },
    forgetBias: 1,
  },
  batches: { batchSize: 50, truncationSteps: 50, stateResetProbability: 0 },
  training: {
    epochs: 50,
    optimizer: { name: 'rmsprop', learningRate: 0.002, decay: 0.95 },
    schedule: { name: 'exponential', factor: 0.97, hold: 10, unit: 'epoch' },
    clipValue: 5,
  },
};
