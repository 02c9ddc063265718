import type { Recipe, RecipeScore } from './recipe.js';

const baselines = [
  ['most-frequent', 'the most frequent tag of each word'],
  ['feature-crf', 'a CRF on hand-made features'],
] as const;

/** F1 of one kind of tag, and that of the baselines beside it. */
function f1Of(label: string, path: string): readonly [RecipeScore, ...RecipeScore[]] {
  return [
    { key: `columns.${path}.f1`, label: `test F1 of ${label}`, decimals: 4 },
    ...baselines.map(([name, description]) => ({
      key: `baselines.${name}.columns.${path}.f1`,
      label: `test F1 of ${label} by ${description}`,
      decimals: 4,
    })),
  ];
}

/** Addresses of years that end in 0, in lower case and without punctuation; nobody has published this one. */
export const restoration: Recipe = {
  name: 'restoration',
  task: 'sequence tagging',
  app: 'tag',
  seeds: [1],
  cases: [
    {
      name: 'test',
      data: 'State of the Union addresses of held-out years, casing and punctuation',
      model: 'BiLSTM on words and letters, two columns of tags',
      train: ['--data', 'state-of-the-union', '--preset', 'restoration'],
      evaluate: ['--data', 'state-of-the-union', '--split', 'test', '--baselines', 'most-frequent,feature-crf'],
      scores: [
        ...f1Of('casing', 'casing'),
        ...f1Of('punctuation', 'punctuation'),
        ...f1Of('commas', 'punctuation.classes.COMMA'),
        ...f1Of('periods', 'punctuation.classes.PERIOD'),
        ...f1Of('question marks', 'punctuation.classes.QUESTION'),
        ...f1Of('semicolons', 'punctuation.classes.SEMICOLON'),
      ],
    },
  ],
};
