import {
  engineFlags,
  modelFlag,
  oneOf,
  outFlag,
  outputFlags,
  pairedFlags,
  seedFlag,
  wholeNumber,
  type Flag,
  type Verb,
} from '@unroll/cli';
import { averageFlag, bleuFlags, compareFlag, decodingFlags, fileFlags, modelsFlag, samplingFlags } from './flags.js';

const pairs: readonly Flag[] = [
  ...pairedFlags,
  {
    usage: '--data <file|dataset>',
    description: 'pairs: a TSV or JSON lines file, - for standard input, or a dataset',
  },
  { usage: '--split <name>', description: 'train, valid or test of a dataset (default: test)' },
  ...fileFlags,
];

const translate: Verb = {
  name: 'translate',
  alias: 'predict',
  summary: 'write a translation for every line',
  argument: {
    name: 'file',
    description: 'a text a line; - or nothing reads standard input and answers each line as it comes',
  },
  flags: [
    modelsFlag,
    averageFlag,
    ...decodingFlags,
    {
      usage: '--n-best <n>',
      description: 'the n best translations of each line, with their place, separated by tabs',
      parse: wholeNumber({ min: 1, max: 1000 }),
    },
    { usage: '--scores', description: 'log p of the translation and its score behind each, separated by tabs' },
    ...samplingFlags,
    { usage: '--prefix <text>', description: 'every translation begins with this' },
    { usage: '--prefixes <file>', description: 'the translation of a line begins with the text of this line' },
    {
      usage: '--attention <file>',
      description: 'where each token looked, of the first lines: FILE.json, FILE.svg, FILE.png or FILE.html',
    },
    { usage: '--tree <file>', description: 'how the beam search went for the first line: a page, FILE.html' },
    outFlag,
    seedFlag,
    ...engineFlags,
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/translate.js')).translate(context),
};

const evaluate: Verb = {
  name: 'evaluate',
  summary: 'translate the sources of pairs and score the result against their targets',
  flags: [
    modelsFlag,
    averageFlag,
    ...pairs,
    ...decodingFlags,
    ...bleuFlags,
    compareFlag,
    {
      usage: '--errors <n>',
      description: 'list so many of the worst translations',
      parse: wholeNumber({ min: 0 }),
    },
    { usage: '--out <file>', description: 'write the translations, a line each' },
    { usage: '--html <file>', description: 'write a page with the scores, translations and where they looked' },
    seedFlag,
    ...engineFlags,
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/evaluate.js')).evaluate(context),
};

const score: Verb = {
  name: 'score',
  summary: 'score given translations: by references, without a model, or by the probability that a model gives them',
  flags: [
    { usage: '--hypothesis <file>', description: 'translations, a line each' },
    {
      usage: '--reference <file>',
      description: 'what they should be, a line each; several times for several references',
      repeatable: true,
    },
    {
      usage: '--metrics <names>',
      description: 'bleu, chrf, chrf++ and ter, separated by commas (default: bleu,chrf,ter)',
      parse: (text) => text.split(',').map((name) => name.trim()),
    },
    ...bleuFlags,
    compareFlag,
    { usage: '--sentences', description: 'scores of every line, too' },
    modelsFlag,
    averageFlag,
    ...pairs,
    outFlag,
    seedFlag,
    ...engineFlags,
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/score.js')).score(context),
};

const vocabulary: Verb = {
  name: 'vocabulary',
  summary: 'show what tokens a model knows, and how it cuts a text',
  argument: { name: 'text', description: 'texts to cut', several: true },
  flags: [
    modelFlag,
    {
      usage: '--side <name>',
      description: 'of the texts and of --export: source or target (default: source)',
      parse: oneOf('source', 'target'),
    },
    { usage: '--export <file>', description: 'write the tokens, one a line, with their numbers' },
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/vocabulary.js')).vocabulary(context),
};

export const verbs: readonly Verb[] = [translate, evaluate, score, vocabulary];
