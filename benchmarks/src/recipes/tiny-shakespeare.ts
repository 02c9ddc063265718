import type { Recipe } from './recipe.js';

/** The last tenth of the text is held out; like the published figures, the score is that of the best epoch on it. */
export const tinyShakespeare: Recipe = {
  name: 'tiny-shakespeare',
  task: 'language model',
  data: 'Tiny Shakespeare, characters, 90/10',
  model: '2 x 512 LSTM',
  app: 'language-model',
  train: ['--data', 'tiny-shakespeare', '--preset', 'tiny-shakespeare', '--precision', 'float32'],
  evaluate: ['--data', 'tiny-shakespeare', '--split', 'valid'],
  score: { key: 'lossNats', label: 'held-out nats per character', better: 'lower', decimals: 3 },
  published: { score: 1.555, source: 'minLSTM, 3 layers of about 384, Feng et al. 2024' },
  bar: 1.55,
  seeds: [1, 2, 3],
};
