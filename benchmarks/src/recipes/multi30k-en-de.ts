import type { Recipe } from './recipe.js';

/** Captions that are tokenised and in lower case, with a beam of 12, as in the published runs. */
export const multi30kEnDe: Recipe = {
  name: 'multi30k-en-de',
  task: 'translation',
  app: 'translate',
  seeds: [1, 2, 3],
  cases: [
    {
      name: 'test2016',
      data: 'Multi30k, English to German, text alone',
      model: 'conditional GRU 256, embeddings of 128, 10,000 joint byte-pair merges',
      train: ['--data', 'multi30k-tokenized', '--preset', 'multi30k-en-de', '--precision', 'bfloat16'],
      evaluate: ['--data', 'multi30k-tokenized', '--split', 'test'],
      scores: [
        {
          // the last of `metrics`: white space, lower case, no smoothing
          key: 'metrics.4.score',
          label: 'test2016 BLEU, tokenised and lower case',
          decimals: 2,
          published: { score: 39.0, source: 'text-only conditional GRU, single run, Caglayan et al. 2017' },
          bar: { atLeast: 38 },
        },
        {
          key: 'bleu',
          label: 'test2016 BLEU of the same lines by sacreBLEU (nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp)',
          decimals: 2,
        },
        { key: 'chrf', label: 'test2016 chrF2', decimals: 2 },
        { key: 'ter', label: 'test2016 TER', decimals: 2 },
      ],
    },
  ],
};
