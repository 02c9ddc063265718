import type { Recipe, RecipeCase } from './recipe.js';

const source = 'LSTNet-skip, Lai et al. 2018';

/** The single day that is `horizon` days ahead, in every window of the last fifth of the data. */
function caseOf(horizon: number, rse: number, corr: number): RecipeCase {
  return {
    name: `horizon-${horizon}`,
    data: `Exchange rates of eight countries, ${horizon} days ahead`,
    model: 'LSTNet',
    train: ['--data', 'exchange-rate', '--preset', 'lstnet-exchange-rate', '--horizon', String(horizon)],
    evaluate: ['--data', 'exchange-rate', '--step', '1', '--baselines', 'naive'],
    scores: [
      {
        key: 'metrics.rse.model',
        label: 'test RSE',
        decimals: 4,
        published: { score: rse, source },
        bar: { atMost: rse * 1.05 },
      },
      { key: 'metrics.corr.model', label: 'test CORR', decimals: 4, published: { score: corr, source } },
      { key: 'metrics.rse.naive', label: 'test RSE of the naive forecast', decimals: 4 },
      { key: 'metrics.corr.naive', label: 'test CORR of the naive forecast', decimals: 4 },
    ],
  };
}

export const exchangeRate: Recipe = {
  name: 'exchange-rate',
  task: 'forecasting',
  app: 'forecast',
  seeds: [1, 2, 3],
  cases: [caseOf(3, 0.0226, 0.9735), caseOf(6, 0.028, 0.9658), caseOf(12, 0.0356, 0.9511), caseOf(24, 0.0449, 0.9354)],
};
