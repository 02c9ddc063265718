import type { SequenceTaggingConfigInput } from '../config.js';

/**
 * Chunks of CoNLL-2000 from words, letters and the given part of speech, all vectors random at first: 94.13 F1 in Huang, Xu
 * & Yu 2015, table 2. They held out a part of the training file, too.
 */
export const conll2000: SequenceTaggingConfigInput = {
  data: { format: 'conll', token: '1', features: ['2'], tags: ['3'], validationFraction: 0.05 },
  model: {
    words: { size: 100, zeroDigits: true, replacement: 1 },
    characters: { kind: 'lstm', size: 30, hiddenSize: 50 },
    suffixes: [2, 3],
    featureSize: 32,
    layers: 2,
    hiddenSize: 200,
    head: 'crf',
    dropout: { kind: 'locked', input: 0.5, layers: 0.5, output: 0.5 },
  },
  batches: { sentences: 16 },
  training: {
    epochs: 20,
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: { name: 'cosine', minimumFactor: 0.02 },
    clipNorm: 1,
  },
};
