import type { Recipe } from './recipe.js';

/** Gold tokens, every word of the test file. */
export const udEwtUpos: Recipe = {
  name: 'ud-ewt-upos',
  task: 'sequence tagging',
  app: 'tag',
  seeds: [1, 2, 3],
  cases: [
    {
      name: 'test',
      data: 'UD English-EWT, universal parts of speech',
      model: 'BiLSTM on words and letters, no pretrained vectors',
      train: ['--data', 'ud-english-ewt', '--preset', 'ud-ewt-upos', '--precision', 'bfloat16'],
      evaluate: ['--data', 'ud-english-ewt', '--split', 'test', '--baselines', 'feature-crf'],
      scores: [
        {
          key: 'accuracy',
          label: 'test accuracy',
          decimals: 4,
          published: { score: 0.944, source: 'UDPipe 1.2, UD 2.3, gold tokens' },
          bar: { atLeast: 0.95 },
        },
        { key: 'baselines.feature-crf.accuracy', label: 'test accuracy of a CRF on hand-made features', decimals: 4 },
      ],
    },
  ],
};
