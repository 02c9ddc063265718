/** What a worker can be asked to hold, and with it what can be measured of it. */
export type Shape =
  LanguageModelShape | TaggerShape | StackShape | ProductsShape | SentenceTaggerShape | TranslatorShape | AudioShape;

/** Shapes of `--audio`. */
export type AudioShape = LogMelShape | CtcShape | RecognizerShape;

/** Shapes with a training step. */
export type TrainingShape = LanguageModelShape | TaggerShape | TranslatorShape;

/** How a step learns: plain SGD, gradients clipped by global norm. */
interface Learning {
  readonly learningRate: number;
  readonly clipNorm: number;
}

/** An embedding, stacked LSTM layers and an untied linear output over the vocabulary; the state is carried. */
export interface LanguageModelShape extends Learning {
  readonly task: 'language-model';
  /** lstm unless named; the peers know no other */
  readonly cell?: 'lstm' | 'gru' | 'elman-tanh';
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly timeSteps: number;
  readonly batchSize: number;
  /** on the embedding's and on each layer's output */
  readonly dropout: number;
}

/** An embedding, stacked layers in one or both directions and a linear output at each real position. */
export interface TaggerShape extends Learning {
  readonly task: 'tagger';
  readonly cell: 'lstm' | 'gru';
  readonly bidirectional: boolean;
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly tags: number;
  /** the padded length, which one sequence of each batch has; the others are uniform from `shortest` on, in no order */
  readonly timeSteps: number;
  readonly shortest: number;
  readonly batchSize: number;
}

/** Stacked LSTM layers alone, walked one step at a time at batch 1; the input is as wide as the hidden state. */
export interface StackShape {
  readonly task: 'stack';
  readonly hiddenSize: number;
  readonly layers: number;
}

/** Large matrix products, `[rows, inner]` times `[inner, columns]` each: what the library can reach on the machine. */
export interface ProductsShape {
  readonly task: 'products';
  readonly products: readonly (readonly [rows: number, inner: number, columns: number])[];
}

/** `@unroll/sequence-tagging`'s model of words, letters and casing on a treebank; Adam, locked dropout. */
export interface SentenceTaggerShape extends Learning {
  readonly task: 'sentence-tagger';
  readonly head: 'softmax' | 'crf';
  readonly wordSize: number;
  readonly characterSize: number;
  /** of each direction */
  readonly characterHiddenSize: number;
  /** of the vector of a word's casing */
  readonly featureSize: number;
  /** of each direction */
  readonly hiddenSize: number;
  readonly layers: number;
  readonly dropout: { readonly input: number; readonly layers: number; readonly output: number };
  /** of one update */
  readonly sentences: number;
  /** path of a file with the very batches, for peers that cannot make them: see `TaggingBatches` */
  readonly batches: string;
}

/**
 * `@unroll/translation`'s model: a bidirectional GRU reads, a GRU with additive attention writes, each sentence as many words
 * as its source; the attention asks with the state before the step (Bahdanau, Cho & Bengio 2015). Adam.
 */
export interface TranslatorShape extends Learning {
  readonly task: 'translator';
  /** of either language */
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  /** of each direction, of the decoder, and of the attention */
  readonly hiddenSize: number;
  /** as of `TaggerShape` */
  readonly timeSteps: number;
  readonly shortest: number;
  readonly batchSize: number;
}

/** Log-mel features of one recording, in librosa's convention. */
export interface LogMelShape {
  readonly task: 'log-mel';
  readonly sampleRate: number;
  readonly seconds: number;
  /** in samples */
  readonly windowLength: number;
  readonly hopLength: number;
  readonly fftSize: number;
  readonly mels: number;
  readonly lowHertz: number;
}

/** The CTC loss of a batch of equally long sequences and its gradient in the logits `[time, batch, symbols]`. */
export interface CtcShape {
  readonly task: 'ctc';
  readonly timeSteps: number;
  readonly batchSize: number;
  /** the blank included */
  readonly symbols: number;
  /** labels of a sequence: each length from `shortest` to `longest` in turn */
  readonly shortest: number;
  readonly longest: number;
}

/** `@unroll/audio-recognition`: features, LSTM layers that see no later frame, CTC; the text of the best symbols. */
export interface RecognizerShape {
  readonly task: 'recognizer';
  /** what is heard and how its features are computed */
  readonly features: LogMelShape;
  /** of the sound that comes at once when it is heard live */
  readonly pieceSeconds: number;
  readonly layers: number;
  readonly hiddenSize: number;
}

const sgd = { learningRate: 1, clipNorm: 5 };
const ptbMedium = {
  task: 'language-model',
  vocabularySize: 10_000,
  embeddingSize: 650,
  hiddenSize: 650,
  layers: 2,
  timeSteps: 35,
  batchSize: 20,
  ...sgd,
} as const;

/** Sentences of 10 to 50 words, as a tagger reads them. */
const tagger = {
  task: 'tagger',
  vocabularySize: 5000,
  embeddingSize: 256,
  hiddenSize: 256,
  layers: 2,
  tags: 20,
  timeSteps: 50,
  shortest: 10,
  batchSize: 32,
  learningRate: 0.1,
  clipNorm: 5,
} as const;

const ptbSmall = {
  task: 'language-model',
  vocabularySize: 10_000,
  embeddingSize: 200,
  hiddenSize: 200,
  layers: 2,
  timeSteps: 20,
  batchSize: 20,
  dropout: 0,
  ...sgd,
} as const;

/** What `--models` may name: whatever has a training step. */
export const models: Readonly<Record<string, TrainingShape>> = {
  'ptb-small': ptbSmall,
  // the recurrent layers almost alone
  'ptb-small-layers': { ...ptbSmall, vocabularySize: 100 },
  'ptb-medium': { ...ptbMedium, dropout: 0 },
  'ptb-medium-dropout': { ...ptbMedium, dropout: 0.5 },
  'char-512': {
    task: 'language-model',
    vocabularySize: 65,
    embeddingSize: 512,
    hiddenSize: 512,
    layers: 2,
    timeSteps: 64,
    batchSize: 64,
    dropout: 0,
    ...sgd,
  },
  'gru-lengths': { ...tagger, cell: 'gru', bidirectional: false },
  'bilstm-lengths': { ...tagger, cell: 'lstm', bidirectional: true },
  translator: {
    task: 'translator',
    vocabularySize: 10_000,
    embeddingSize: 256,
    hiddenSize: 512,
    timeSteps: 25,
    shortest: 25,
    batchSize: 64,
    learningRate: 0.001,
    clipNorm: 1,
  },
};

/** Measured where nothing else is asked for. */
export const defaultModels = ['ptb-small', 'ptb-medium', 'char-512', 'gru-lengths', 'bilstm-lengths'] as const;

/** 2-layer LSTMs whose step at batch 1 is measured. */
export const stacks: readonly StackShape[] = [200, 512, 1024].map((hiddenSize) => ({
  task: 'stack',
  hiddenSize,
  layers: 2,
}));

/** What UD English-EWT is tagged with, but for its head and its batches. */
export const sentenceTagger = {
  task: 'sentence-tagger',
  wordSize: 100,
  characterSize: 30,
  characterHiddenSize: 50,
  featureSize: 16,
  hiddenSize: 200,
  layers: 2,
  dropout: { input: 0.33, layers: 0.33, output: 0.33 },
  sentences: 32,
  learningRate: 0.002,
  clipNorm: 1,
} as const satisfies Omit<SentenceTaggerShape, 'head' | 'batches'>;

const logMel = {
  task: 'log-mel',
  sampleRate: 16_000,
  windowLength: 400,
  hopLength: 160,
  fftSize: 512,
  mels: 80,
  lowHertz: 20,
} as const;

/** What `--audio` measures. */
export const audioShapes = {
  features: { ...logMel, seconds: 3600 },
  ctc: { task: 'ctc', timeSteps: 500, batchSize: 32, symbols: 40, shortest: 50, longest: 70 },
  recognizer: {
    task: 'recognizer',
    features: { ...logMel, seconds: 20 },
    pieceSeconds: 0.02,
    layers: 2,
    hiddenSize: 256,
  },
} as const satisfies Readonly<Record<string, AudioShape>>;

/** A cube, and the input product of a whole char-512 window; the faster of the two is the ceiling. */
export const ceilingProducts: ProductsShape = {
  task: 'products',
  products: [
    [2048, 2048, 2048],
    [4096, 512, 2048],
  ],
};
