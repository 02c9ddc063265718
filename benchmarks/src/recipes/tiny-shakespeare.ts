import type { Recipe } from './recipe.js';

/** The last tenth of the text is held out; like the published figures, the score is that of the best epoch on it. */
export const tinyShakespeare: Recipe = {
  name: 'tiny-shakespeare',
  task: 'language model',
  app: 'language-model',
  seeds: [1, 2, 3],
  cases: [
    {
      name: 'held-out',
      data: 'Tiny Shakespeare, characters, 90/10',
      model: '2 x 512 LSTM',
      train: ['--data', 'tiny-shakespeare', '--preset', 'tiny-shakespeare', '--precision', 'float32'],
      evaluate: ['--data', 'tiny-shakespeare', '--split', 'valid'],
      scores: [
        {
          key: 'lossNats',
          label: 'held-out nats per character',
          decimals: 3,
          published: { score: 1.555, source: 'minLSTM, 3 layers of about 384, Feng et al. 2024' },
          bar: { atMost: 1.55 },
        },
      ],
    },
  ],
};
