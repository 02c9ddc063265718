import type { AudioRecognitionConfigInput } from '../config.js';

/** Which of six people says a digit. */
export const fsddSpeakers: AudioRecognitionConfigInput = {
  task: 'speaker',
  data: { splitBy: 'take' },
  model: { cell: 'gru', layers: 1, hiddenSize: 96, pooling: 'mean', embeddingSize: 64, dropout: { output: 0.2 } },
  training: {
    epochs: 10,
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: { name: 'cosine', minimumFactor: 0.02, warmupSteps: 50 },
    clipNorm: 5,
  },
};
