import type { LanguageModelConfigInput } from '../config.js';

/** What differs between the three published sizes. */
interface ZarembaSize {
  readonly hiddenSize: number;
  readonly truncationSteps: number;
  /** on every non-recurrent connection */
  readonly dropout: number;
  /** weights start uniform in ±scale */
  readonly scale: number;
  readonly clipNorm: number;
  readonly epochs: number;
  /** epochs at the full learning rate; then it is multiplied by `decay` before each */
  readonly fullRateEpochs: number;
  readonly decay: number;
}

/**
 * The Penn Treebank recipe as TensorFlow's tutorial trained it: the loss is summed over the time steps of a window and
 * averaged over its 20 sequences alone, then clipped, for plain SGD with learning rate 1; forget bias 0; the state is
 * carried through an epoch and starts it at zero. Embedding, kernels and the output's bias start uniform; the biases of
 * the cells start at zero, as in that tutorial's cell (the paper's own code starts them uniform as well).
 *
 * @see Zaremba, Sutskever & Vinyals 2014, "Recurrent neural network regularization"
 */
export function zarembaRecipe(size: ZarembaSize): LanguageModelConfigInput {
  const { hiddenSize, truncationSteps, dropout, scale, clipNorm, epochs, fullRateEpochs, decay } = size;
  return {
    text: { unit: 'word', tokenizer: 'whitespace', maximumSize: 10_000 },
    model: {
      cell: 'lstm',
      layers: 2,
      hiddenSize,
      dropout: { kind: 'plain', embedding: dropout, layers: dropout, output: dropout },
      initialization: { kind: 'uniform', scale, cellBias: 'zeros' },
      forgetBias: 0,
    },
    batches: { batchSize: 20, truncationSteps, stateResetProbability: 0 },
    gradientAverage: 'sequence',
    training: {
      epochs,
      optimizer: { name: 'sgd', learningRate: 1 },
      schedule: { name: 'exponential', factor: decay, hold: fullRateEpochs, unit: 'epoch' },
      clipNorm,
    },
  };
}
