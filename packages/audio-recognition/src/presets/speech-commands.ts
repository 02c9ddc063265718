import type { AudioRecognitionConfigInput } from '../config.js';

/**
 * The attention RNN of de Andrade et al. 2018 (93.9 % of 35 words of Speech Commands v2): 80 mel bands of one second, two
 * convolutions along time, two BiLSTMs of 64, attention asked for by the middle frame, dense layers of 64 and 32.
 */
export const speechCommands: AudioRecognitionConfigInput = {
  task: 'classify',
  data: { sampleRate: 16_000, clipSeconds: 1 },
  features: { mels: 80, normalization: 'global' },
  augmentation: {
    shift: { chance: 0.8 },
    noise: { chance: 0.5 },
    specAugment: { chance: 0.5 },
  },
  model: {
    convolutions: [
      { filters: 10, kernel: [5, 1] },
      { filters: 1, kernel: [5, 1] },
    ],
    cell: 'lstm',
    layers: 2,
    hiddenSize: 64,
    pooling: 'query',
    dense: [64, 32],
  },
  batches: { recordings: 64 },
  training: {
    epochs: 40,
    optimizer: { name: 'adam', learningRate: 0.001 },
    schedule: { name: 'cosine', minimumFactor: 0.02 },
    clipNorm: 5,
  },
};
