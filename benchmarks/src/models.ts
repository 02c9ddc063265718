/** The shape of a measured model: an embedding, stacked LSTM layers and an untied linear output. */
export interface ModelShape {
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly timeSteps: number;
  readonly batchSize: number;
  /** on the embedding's and on each layer's output */
  readonly dropout: number;
  readonly learningRate: number;
  /** by global norm */
  readonly clipNorm: number;
}

const sgd = { learningRate: 1, clipNorm: 5 };
const ptbMedium = {
  vocabularySize: 10_000,
  embeddingSize: 650,
  hiddenSize: 650,
  layers: 2,
  timeSteps: 35,
  batchSize: 20,
};

/** Measured where nothing else is asked for, smallest first. */
export const defaultModels = ['ptb-small', 'ptb-medium', 'char-512'] as const;

export const models: Readonly<Record<string, ModelShape>> = {
  'ptb-small': {
    vocabularySize: 10_000,
    embeddingSize: 200,
    hiddenSize: 200,
    layers: 2,
    timeSteps: 20,
    batchSize: 20,
    dropout: 0,
    ...sgd,
  },
  'ptb-medium': { ...ptbMedium, dropout: 0, ...sgd },
  'ptb-medium-dropout': { ...ptbMedium, dropout: 0.5, ...sgd },
  'char-512': {
    vocabularySize: 65,
    embeddingSize: 512,
    hiddenSize: 512,
    layers: 2,
    timeSteps: 64,
    batchSize: 64,
    dropout: 0,
    ...sgd,
  },
};
