import type { Recipe } from './recipe.js';

/** Spans of the whole test file, as conlleval counts them. */
export const conll2000: Recipe = {
  name: 'conll2000',
  task: 'sequence tagging',
  app: 'tag',
  seeds: [1, 2, 3],
  cases: [
    {
      name: 'test',
      data: 'CoNLL-2000, chunks',
      model: 'BiLSTM-CRF on words, letters and part of speech, no pretrained vectors',
      train: ['--data', 'conll2000', '--preset', 'conll2000', '--precision', 'bfloat16'],
      evaluate: ['--data', 'conll2000', '--split', 'test', '--baselines', 'feature-crf'],
      scores: [
        {
          key: 'f1',
          label: 'test F1 of spans',
          decimals: 4,
          published: { score: 0.9413, source: 'BI-LSTM-CRF, random vectors, Huang et al. 2015, table 2' },
          bar: { atLeast: 0.94 },
        },
        { key: 'accuracy', label: 'test accuracy of tokens', decimals: 4 },
        { key: 'baselines.feature-crf.f1', label: 'test F1 of a CRF on hand-made features', decimals: 4 },
      ],
    },
  ],
};
