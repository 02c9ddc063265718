import type { SequenceTaggingConfigInput } from '../config.js';

/**
 * Universal parts of speech of English-EWT from gold tokens, no pretrained vectors: UDPipe 1.2 has 94.4 % (its models' page,
 * UD 2.3). The network is that of Plank, Søgaard & Goldberg 2016: words and letters, both read in both directions.
 */
export const udEwtUpos: SequenceTaggingConfigInput = {
  data: { format: 'conllu', token: 'FORM', tags: ['UPOS'] },
  model: {
    words: { size: 100, replacement: 1 },
    characters: { kind: 'lstm', size: 30, hiddenSize: 50 },
    suffixes: [2, 3],
    layers: 2,
    hiddenSize: 200,
    head: 'crf',
    dropout: { kind: 'locked', input: 0.4, layers: 0.4, output: 0.4 },
  },
  batches: { sentences: 32 },
  training: {
    epochs: 20,
    optimizer: { name: 'adam', learningRate: 0.002, beta2: 0.9 },
    schedule: { name: 'cosine', minimumFactor: 0.02 },
    clipNorm: 1,
  },
};
