import type { Recipe } from './recipe.js';

/** Values that training never had, in any form; nobody has published this one. */
export const numbersDates: Recipe = {
  name: 'numbers-dates',
  task: 'translation',
  app: 'translate',
  seeds: [1],
  cases: [
    {
      name: 'en-de',
      data: 'Numbers and dates, English to German, values held out',
      model: 'conditional GRU on characters',
      train: ['--data', 'numbers-dates', '--preset', 'numbers-dates'],
      evaluate: ['--data', 'numbers-dates', '--split', 'test'],
      scores: [
        { key: 'exactSentences', label: 'test pairs that are exactly right', decimals: 4, bar: { atLeast: 0.995 } },
      ],
    },
  ],
};
