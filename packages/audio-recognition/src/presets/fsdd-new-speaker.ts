import type { AudioRecognitionConfigInput } from '../config.js';

/**
 * Which digit somebody says whom training never heard: what differs from voice to voice is taken out, or varied. Cepstra leave the pitch out, each
 * feature is normalised over all recordings of a voice, and five voices are few enough to need strong dropout.
 */
export const fsddNewSpeaker: AudioRecognitionConfigInput = {
  task: 'classify',
  data: { splitBy: 'take' },
  features: { kind: 'mfcc', deltas: 2, normalization: 'speaker' },
  augmentation: {
    speed: { chance: 1, factors: [0.8, 1.25] },
    reverb: { chance: 0.3 },
    noise: { chance: 0.3 },
    specAugment: { chance: 0.7, frequencyMasks: 0, timeWidth: 8 },
  },
  model: {
    cell: 'gru',
    layers: 2,
    hiddenSize: 128,
    pooling: 'mean',
    dropout: { input: 0.2, layers: 0.5, output: 0.5 },
  },
  labelSmoothing: 0.1,
  training: {
    epochs: 12,
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: { name: 'cosine', minimumFactor: 0.02, warmupSteps: 50 },
    clipNorm: 5,
  },
};
