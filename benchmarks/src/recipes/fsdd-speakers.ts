import type { Recipe } from './recipe.js';

/** Who speaks, on takes that training never heard. */
export const fsddSpeakers: Recipe = {
  name: 'fsdd-speakers',
  task: 'audio recognition',
  app: 'listen',
  seeds: [1, 2, 3],
  cases: [
    {
      name: 'test',
      data: 'Free Spoken Digit Dataset, six speakers',
      model: 'BiGRU 96, voices of 64 numbers with a margin',
      train: ['--data', 'fsdd-speakers', '--preset', 'fsdd-speakers'],
      evaluate: ['--data', 'fsdd-speakers', '--split', 'test'],
      scores: [
        { key: 'accuracy', label: 'test accuracy', decimals: 4, bar: { atLeast: 0.98 } },
        { key: 'eer', label: 'equal error rate of pairs', decimals: 4 },
      ],
    },
  ],
};
