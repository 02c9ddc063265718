import type { AudioRecognitionConfigInput } from '../config.js';

/** A small network that tells ten synthetic words apart within a minute. */
export const demo: AudioRecognitionConfigInput = {
  task: 'classify',
  features: { normalization: 'utterance' },
  augmentation: {
    speed: { chance: 0.8, factors: [0.8, 1.25] },
    specAugment: { chance: 0.5, frequencyWidth: 6, timeWidth: 8 },
  },
  model: { cell: 'gru', layers: 1, hiddenSize: 64, dropout: { output: 0.2 } },
  training: {
    epochs: 15,
    optimizer: { name: 'adam', learningRate: 0.004 },
    schedule: { name: 'cosine', minimumFactor: 0.05, warmupSteps: 20 },
    clipNorm: 5,
  },
};
