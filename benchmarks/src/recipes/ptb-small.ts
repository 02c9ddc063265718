import type { Recipe } from './recipe.js';

/** The configuration is the preset's; the whole test split is read as one stream with the state carried, `<eos>` counted. */
export const ptbSmall: Recipe = {
  name: 'ptb-small',
  task: 'language model',
  app: 'language-model',
  seeds: [1, 2, 3],
  cases: [
    {
      name: 'test',
      data: 'Penn Treebank, words',
      model: '2 x 200 LSTM',
      train: ['--data', 'ptb', '--preset', 'ptb-small', '--precision', 'float32'],
      evaluate: ['--data', 'ptb', '--split', 'test'],
      scores: [
        {
          key: 'perplexity',
          label: 'test perplexity',
          decimals: 2,
          published: { score: 115.91, source: 'TensorFlow PTB tutorial, small, after Zaremba et al. 2014' },
          bar: { atMost: 117 },
        },
      ],
    },
  ],
};
