import { engineFlags, modelFlag, outFlag, outputFlags, seedFlag, wholeNumber, type Verb } from '@unroll/cli';
import { baselinesFlag, dataFlags, fileFlags, htmlFlag } from './flags.js';

const splitFlag = { usage: '--split <name>', description: 'train, valid or test of a dataset (default: test)' };

const evaluate: Verb = {
  name: 'evaluate',
  summary: 'score a trained model on tagged sentences, beside baselines',
  flags: [
    modelFlag,
    { usage: '--data <file|dataset>', description: 'tagged sentences: a file, - for standard input, or a dataset' },
    splitFlag,
    ...fileFlags,
    baselinesFlag,
    {
      usage: '--train <file|dataset>',
      description: 'what the baselines learn from (default: as the model was trained)',
    },
    {
      usage: '--errors <n>',
      description: 'list so many errors with the words around them',
      parse: wholeNumber({ min: 0 }),
    },
    htmlFlag,
    seedFlag,
    ...engineFlags,
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/evaluate.js')).evaluate(context),
};

const tag: Verb = {
  name: 'tag',
  alias: 'predict',
  summary: 'write the input with one more column for each column of tags',
  argument: { name: 'file', description: 'sentences; - or nothing reads standard input, and answers each as it comes' },
  flags: [
    modelFlag,
    ...dataFlags,
    outFlag,
    {
      usage: '--probabilities',
      description: 'columns with the probability of each tag and, where tags mark spans, of each span',
    },
    {
      usage: '--n-best <n>',
      description: 'columns with the n best rows of tags, the best first',
      parse: wholeNumber({ min: 1, max: 1000 }),
    },
    htmlFlag,
    ...engineFlags,
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/tag.js')).tag(context),
};

const check: Verb = {
  name: 'check',
  summary: 'look for mistakes in files of tagged sentences before anything is trained on them',
  argument: {
    name: 'file',
    description: 'what is to be learnt from (a file, - or a dataset), then the validation and the test file',
    several: true,
  },
  flags: [
    { usage: '--valid <file>', description: 'held-out sentences' },
    { usage: '--test <file>', description: 'sentences that the result will be scored on' },
    ...fileFlags,
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/check.js')).check(context),
};

export const verbs: readonly Verb[] = [evaluate, tag, check];
