import type { Recipe, RecipeCase } from './recipe.js';

function direction(name: string, data: string, flags: readonly string[]): RecipeCase {
  return {
    name,
    data: `Numbers and dates, ${data}, values held out`,
    model: 'conditional GRU on characters',
    train: ['--data', 'numbers-dates', '--preset', 'numbers-dates', ...flags],
    // the direction is the model's
    evaluate: ['--data', 'numbers-dates', '--split', 'test'],
    scores: [
      { key: 'exactSentences', label: 'test pairs that are exactly right', decimals: 4, bar: { atLeast: 0.995 } },
    ],
  };
}

/** Values that training never had, in any form; nobody has published this one. */
export const numbersDates: Recipe = {
  name: 'numbers-dates',
  task: 'translation',
  app: 'translate',
  seeds: [1],
  cases: [direction('en-de', 'English to German', []), direction('de-en', 'German to English', ['--reverse'])],
};
