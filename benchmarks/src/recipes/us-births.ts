import type { Recipe } from './recipe.js';

/** Twelve times four weeks of the last year, beside every baseline; nobody has published this one. */
export const usBirths: Recipe = {
  name: 'us-births',
  task: 'forecasting',
  app: 'forecast',
  seeds: [1, 2, 3],
  cases: [
    {
      name: 'four-weeks',
      data: 'US births a day, 28 days ahead',
      model: 'seq2seq, 64 LSTM units',
      train: ['--data', 'us-births', '--preset', 'us-births'],
      evaluate: ['--data', 'us-births', '--origins', '12', '--step', '28'],
      scores: [
        { key: 'metrics.mase.model', label: 'test MASE', decimals: 3 },
        {
          key: 'comparison.ratio',
          label: 'test MASE, as a share of the best baseline',
          decimals: 3,
          bar: { atMost: 1 },
        },
      ],
    },
  ],
};
