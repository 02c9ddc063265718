import type { ForecastingConfigInput } from '../config.js';

/** Oil temperature of ETTh1, one day or (with `--horizon 168`) one week ahead; Zhou et al. 2021's univariate protocol. */
export const deeparEtth1: ForecastingConfigInput = {
  data: { target: ['OT'] },
  split: { train: 8640, valid: 2880, test: 2880 },
  horizon: 24,
  context: 168,
  scaling: 'standard',
  model: { name: 'deepar', layers: 2, hiddenSize: 40, dropout: 0.1, likelihood: 'student-t' },
  batches: { batchSize: 64, stride: 4 },
  training: {
    epochs: 20,
    optimizer: { name: 'adam', learningRate: 0.001 },
    clipNorm: 10,
    earlyStopping: { patience: 5 },
  },
};
