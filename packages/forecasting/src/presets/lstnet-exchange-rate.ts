import type { ForecastingConfigInput } from '../config.js';

/**
 * LSTNet on the exchange rates of eight countries, one day `--horizon` 3, 6, 12 or 24 days ahead: Lai et al. 2018, from 168 days.
 */
export const lstNetExchangeRate: ForecastingConfigInput = {
  split: { train: 0.6, valid: 0.2, test: 0.2 },
  horizon: 3,
  context: 168,
  scaling: 'max',
  model: {
    name: 'lstnet',
    convolutionSize: 50,
    kernelLength: 6,
    hiddenSize: 50,
    skip: 24,
    skipSize: 5,
    highway: 24,
    dropout: 0.2,
    loss: 'mse',
    output: 'linear',
    lastStepOnly: true,
  },
  batches: { batchSize: 128, stride: 1 },
  training: {
    epochs: 100,
    optimizer: { name: 'adam', learningRate: 0.001 },
    clipNorm: 10,
    earlyStopping: { patience: 10 },
  },
};
