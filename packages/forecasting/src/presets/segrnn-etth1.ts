import type { ForecastingConfigInput } from '../config.js';

/**
 * SegRNN on all seven channels of ETTh1 from 96 hours, with `--horizon` 96, 192, 336 or 720: Lin et al. 2023, look-back 96.
 *
 * The published schedule "type3" multiplies the rate by 0.8 an epoch from the fifth epoch on: it is computed after an
 * epoch for the next, with the number of the one that is over. Published are the weights of the epoch with the best
 * validation loss, out of 30 with a patience of 10. The validation months differ so much from the others that chance may
 * choose one of the first epochs; here the weights are those after ten, when the training loss has levelled off.
 */
export const segRnnEtth1: ForecastingConfigInput = {
  split: { train: 8640, valid: 2880, test: 2880 },
  horizon: 96,
  context: 96,
  scaling: 'standard',
  model: { name: 'segrnn', cell: 'gru', hiddenSize: 512, segmentLength: 24, dropout: 0.5, loss: 'mse' },
  batches: { batchSize: 256, stride: 1 },
  training: {
    epochs: 10,
    optimizer: { name: 'adam', learningRate: 0.001 },
    schedule: { name: 'exponential', factor: 0.8, hold: 4, unit: 'epoch' },
    clipNorm: 0,
    // at the end alone
    evaluateEverySteps: 100_000,
  },
};
