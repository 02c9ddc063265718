import type { SequenceTaggingConfigInput } from '../config.js';

/**
 * Casing and punctuation of running text: two columns that share words, letters and recurrent layers, as Tilk & Alumäe 2016
 * restore punctuation, without their attention. Words alone tell little of names that training has not seen, letters more.
 */
export const restoration: SequenceTaggingConfigInput = {
  data: { format: 'text' },
  model: {
    words: { size: 128, minimumCount: 2 },
    characters: { kind: 'lstm', size: 24, hiddenSize: 32 },
    casing: false,
    layers: 2,
    hiddenSize: 200,
    head: 'softmax',
    dropout: { kind: 'locked', input: 0.25, layers: 0.25, output: 0.25 },
  },
  batches: { sentences: 64, tokens: 4096 },
  training: {
    epochs: 5,
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: { name: 'cosine', minimumFactor: 0.02 },
    clipNorm: 1,
  },
};
