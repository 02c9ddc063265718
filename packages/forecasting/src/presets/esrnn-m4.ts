import type { ForecastingConfigInput } from '../config.js';

/** Shared by both: every step of the training files is learnt from, and the last weights are the ones to use. */
const recipe = {
  split: { valid: 0 },
  scaling: 'none',
  training: {
    optimizer: { name: 'adam', learningRate: 0.005 },
    schedule: { name: 'cosine' },
    clipNorm: 10,
  },
} as const satisfies ForecastingConfigInput;

/** Smyl 2020 on the M4 competition's hourly series, 48 steps ahead: seasons of a day and a week; the network sees a week. */
export const esRnnM4Hourly: ForecastingConfigInput = {
  ...recipe,
  horizon: 48,
  context: 960,
  seasonality: 24,
  model: {
    name: 'esrnn',
    hiddenSize: 40,
    dilations: [
      [1, 4],
      [24, 168],
    ],
    seasonality: 'double',
    secondSeasonality: 168,
    inputLength: 168,
    levelVariabilityPenalty: 0,
  },
  batches: { batchSize: 8 },
  training: { ...recipe.training, epochs: 8 },
};

/** The same on its weekly series, 13 steps ahead, without a season; of long series the last eight years are read. */
export const esRnnM4Weekly: ForecastingConfigInput = {
  ...recipe,
  horizon: 13,
  context: 416,
  seasonality: 1,
  model: {
    name: 'esrnn',
    hiddenSize: 40,
    dilations: [[1, 52]],
    seasonality: 'none',
    levelVariabilityPenalty: 0,
  },
  batches: { batchSize: 32, stride: 100_000 },
  training: { ...recipe.training, epochs: 30 },
};
