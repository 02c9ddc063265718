import type { Recipe, RecipeCase } from './recipe.js';

const source = 'DeepAR in Zhou et al. 2021, table 1';

/** Every window of the test months; the point forecast is the mean of the paths. */
function caseOf(horizon: number, preset: string, [mse, mae]: readonly [mse: number, mae: number]): RecipeCase {
  return {
    name: `horizon-${horizon}`,
    data: `ETTh1, oil temperature alone, ${horizon} hours ahead`,
    model: 'DeepAR, 2 x 40 LSTM',
    train: ['--data', 'etth1', '--preset', preset],
    evaluate: ['--data', 'etth1', '--units', 'standardised', '--step', '1', '--baselines', 'naive'],
    scores: [
      {
        key: 'metrics.mse.model',
        label: 'test MSE',
        decimals: 3,
        published: { score: mse, source },
        bar: { atMost: mse },
      },
      { key: 'metrics.mae.model', label: 'test MAE', decimals: 3, published: { score: mae, source } },
      {
        key: 'metrics.coverage80.model',
        label: 'coverage of the 80 % interval',
        decimals: 3,
        bar: { atLeast: 0.75, atMost: 0.85 },
      },
      { key: 'metrics.mse.naive', label: 'test MSE of the naive forecast', decimals: 3 },
    ],
  };
}

export const deeparEtth1: Recipe = {
  name: 'deepar-etth1',
  task: 'forecasting',
  app: 'forecast',
  seeds: [1, 2, 3],
  cases: [caseOf(24, 'deepar-etth1', [0.107, 0.28]), caseOf(168, 'deepar-etth1-168', [0.239, 0.422])],
};
