import type { AudioRecognitionConfigInput } from '../config.js';

/** Which digit somebody says whom training never heard: what differs from voice to voice is taken out, or varied. */
export const fsddNewSpeaker: AudioRecognitionConfigInput = {
  task: 'classify',
  data: { splitBy: 'take' },
  features: { normalization: 'utterance' },
  augmentation: {
    speed: { chance: 0.8, factors: [0.8, 1.25] },
    noise: { chance: 0.3 },
    specAugment: { chance: 0.7, frequencyWidth: 6, timeWidth: 8 },
  },
  model: { cell: 'gru', layers: 2, hiddenSize: 128, pooling: 'mean', dropout: { layers: 0.3, output: 0.3 } },
  training: {
    epochs: 25,
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: { name: 'cosine', minimumFactor: 0.02, warmupSteps: 50 },
    clipNorm: 5,
  },
};
