import type { Recipe } from './recipe.js';

/** Three to seven digits in a row, joined from clips with gaps and levels that differ; test strings are made of takes 0 to 4. */
export const fsddConnected: Recipe = {
  name: 'fsdd-connected',
  task: 'audio recognition',
  app: 'listen',
  seeds: [1],
  cases: [
    {
      name: 'test',
      data: 'Strings of 3 to 7 spoken digits',
      model: 'BiLSTM 2 x 128 and CTC over words, greedy',
      train: ['--data', 'fsdd-connected', '--preset', 'fsdd-connected'],
      evaluate: ['--data', 'fsdd-connected', '--split', 'test'],
      scores: [
        { key: 'der', label: 'digit error rate', decimals: 4, bar: { atMost: 0.03 } },
        { key: 'exact', label: 'strings without an error', decimals: 4 },
      ],
    },
  ],
};
