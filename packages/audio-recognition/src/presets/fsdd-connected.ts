import type { AudioRecognitionConfigInput } from '../config.js';

/** Digits in a row, without their places: CTC (Graves et al. 2006) over words. */
export const fsddConnected: AudioRecognitionConfigInput = {
  task: 'transcribe',
  data: { unit: 'word' },
  features: { splice: { left: 1, right: 1, stride: 2 } },
  augmentation: { speed: { chance: 0.5 }, specAugment: { chance: 0.5 } },
  model: { cell: 'lstm', layers: 2, hiddenSize: 128, dropout: { layers: 0.3, output: 0.2 } },
  batches: { recordings: 16 },
  training: {
    epochs: 10,
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: { name: 'cosine', minimumFactor: 0.02, warmupSteps: 100 },
    clipNorm: 5,
  },
};
