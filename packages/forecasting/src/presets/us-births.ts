import type { ForecastingConfigInput } from '../config.js';

/**
 * Births a day, four weeks ahead. Each window is standardised by its own eight weeks, since the level moves; a year ago is
 * read by weekday (364 days) and by date (365), which tells holidays, and by weekday of the year before (728).
 */
const recipe = {
  horizon: 28,
  context: 56,
  seasonality: 7,
  split: { valid: 336, test: 336 },
  scaling: 'instance',
  features: {
    calendar: ['day-of-week:3', 'day-of-month:2', 'day-of-year:4'],
    lags: [7, 14, 28, 357, 363, 364, 365, 371, 728],
  },
} as const satisfies ForecastingConfigInput;

/** Encoder and decoder; the decoder reads calendar and last year's values of each day ahead. */
export const usBirths: ForecastingConfigInput = {
  ...recipe,
  model: { name: 'seq2seq', hiddenSize: 64, dropout: 0.1 },
  batches: { batchSize: 32, stride: 4 },
  training: {
    epochs: 16,
    optimizer: { name: 'adam', learningRate: 0.002 },
    clipNorm: 1,
    earlyStopping: { patience: 6 },
  },
};

/** The same by MQ-RNN, which learns from every step of a context at once, so that windows need not overlap. */
export const usBirthsMqRnn: ForecastingConfigInput = {
  ...recipe,
  model: { name: 'mqrnn', layers: 1, hiddenSize: 64, decoderSize: 32, dropout: 0.1 },
  batches: { batchSize: 8, stride: 28 },
  training: {
    epochs: 40,
    optimizer: { name: 'adam', learningRate: 0.002 },
    clipNorm: 1,
    earlyStopping: { patience: 8 },
  },
};
