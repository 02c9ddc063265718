import type { Recipe, RecipeCase } from './recipe.js';

const source = 'Smyl 2020, M4 competition, score sheet of the organisers';

interface Published {
  readonly owa: number;
  readonly smape: number;
  readonly mase: number;
  readonly bar: number;
}

/** All series of one frequency, their official test steps, the competition's own metrics. */
function caseOf(frequency: 'hourly' | 'weekly', { owa, smape, mase, bar }: Published): RecipeCase {
  const data = `m4-${frequency}`;
  return {
    name: frequency,
    data: `M4 competition, ${frequency} series`,
    model: 'ES-RNN',
    train: ['--data', data, '--preset', `esrnn-m4-${frequency}`],
    evaluate: ['--data', data, '--baselines', 'naive2,seasonal-naive,theta'],
    scores: [
      {
        key: 'metrics.owa.model',
        label: 'OWA (1 = Naive2)',
        decimals: 3,
        published: { score: owa, source },
        bar: { atMost: bar },
      },
      { key: 'metrics.smape.model', label: 'sMAPE', decimals: 3, published: { score: smape, source } },
      { key: 'metrics.mase.model', label: 'MASE', decimals: 3, published: { score: mase, source } },
      { key: 'metrics.smape.naive2', label: 'sMAPE of Naive2', decimals: 3 },
      { key: 'metrics.mase.naive2', label: 'MASE of Naive2', decimals: 3 },
    ],
  };
}

export const esRnnM4: Recipe = {
  name: 'esrnn-m4',
  task: 'forecasting',
  app: 'forecast',
  seeds: [1, 2, 3],
  cases: [
    caseOf('hourly', { owa: 0.44, smape: 9.328, mase: 0.893, bar: 0.5 }),
    caseOf('weekly', { owa: 0.851, smape: 7.817, mase: 2.356, bar: 0.9 }),
  ],
};
