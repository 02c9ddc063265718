import type { AudioRecognitionConfigInput } from '../config.js';

/** Which digit one of six known people says: the official split of the Free Spoken Digit Dataset. */
export const fsdd: AudioRecognitionConfigInput = {
  task: 'classify',
  data: { splitBy: 'take' },
  model: { cell: 'gru', layers: 2, hiddenSize: 128, pooling: 'mean', dropout: { layers: 0.2, output: 0.3 } },
  training: {
    epochs: 20,
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: { name: 'cosine', minimumFactor: 0.02, warmupSteps: 50 },
    clipNorm: 5,
  },
};
