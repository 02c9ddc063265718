import type { PresetName } from './presets/index.js';
import type { LanguageModelScores } from './types.js';

/** A score as its authors printed it. */
export interface PublishedScore {
  readonly score: keyof LanguageModelScores;
  readonly split: 'valid' | 'test';
  readonly value: number;
  /** who, when, where it can be read */
  readonly source: string;
  /** the data set of this repository that it is measured on */
  readonly dataset: string;
}

const zaremba = 'Zaremba et al. 2014 as trained by the TensorFlow PTB tutorial (ptb_word_lm.py)';

function pennTreebank(valid: number, test: number): readonly PublishedScore[] {
  const common = { score: 'perplexity', source: zaremba, dataset: 'ptb' } as const;
  return [
    { ...common, split: 'test', value: test },
    { ...common, split: 'valid', value: valid },
  ];
}

/** What ours is set beside, by preset; none where the authors printed no number. */
export const publishedScores: Readonly<Partial<Record<PresetName, readonly PublishedScore[]>>> = {
  'ptb-small': pennTreebank(121.39, 115.91),
  'ptb-medium': pennTreebank(86.16, 82.07),
  'ptb-large': pennTreebank(82.62, 78.29),
  'tiny-shakespeare': [
    {
      score: 'lossNats',
      split: 'valid',
      value: 1.4697,
      source: 'nanoGPT README: a Transformer of 6 layers by 384, best validation loss',
      dataset: 'tiny-shakespeare',
    },
  ],
};

/** The columns of a table of results, in order: the score and its heading. */
export const reportColumns: readonly { readonly score: keyof LanguageModelScores; readonly heading: string }[] = [
  { score: 'tokens', heading: 'tokens' },
  { score: 'lossNats', heading: 'nats per token' },
  { score: 'perplexity', heading: 'perplexity' },
  { score: 'bitsPerCharacter', heading: 'bits per character' },
];
