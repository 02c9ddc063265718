import {
  decimalNumber,
  engineFlags,
  modelFlag,
  oneOf,
  outputFlags,
  seedFlag,
  ValueError,
  wholeNumber,
  type Verb,
} from '@unroll/cli';

const generate: Verb = {
  name: 'generate',
  alias: 'predict',
  summary: 'write text with a trained model',
  flags: [
    modelFlag,
    { usage: '--prompt <text>', description: 'what the text begins with; - reads it from standard input' },
    { usage: '--length <n>', description: 'tokens to write (default: 400)', parse: wholeNumber({ min: 1 }) },
    {
      usage: '--temperature <t>',
      description: 'below 1 is more likely text, above 1 more varied (default: 1)',
      parse: decimalNumber({ above: 0 }),
    },
    { usage: '--top-k <n>', description: 'choose among the n likeliest tokens only', parse: wholeNumber({ min: 1 }) },
    {
      usage: '--top-p <p>',
      description: 'choose among the likeliest tokens that together have probability p',
      parse: decimalNumber({ above: 0, max: 1 }),
    },
    { usage: '--greedy', description: 'always the likeliest token' },
    seedFlag,
    ...engineFlags,
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/generate.js')).generate(context),
};

const score: Verb = {
  name: 'score',
  summary: 'log-probability and perplexity of sentences, one a line',
  argument: { name: 'file', description: 'sentences, one a line; - or nothing reads standard input' },
  flags: [modelFlag, ...engineFlags, ...outputFlags],
  run: async (context) => (await import('./commands/score.js')).score(context),
};

const ngram: Verb = {
  name: 'ngram',
  summary:
    'train an n-gram model by modified Kneser-Ney smoothing; writes an ARPA file, which unroll-listen searches with',
  flags: [
    { usage: '--data <file|dataset>', description: 'what to learn from: UTF-8 text with a sentence a line' },
    { usage: '--valid <file>', description: 'held-out text (default: the split of the dataset, if it has one)' },
    { usage: '--out <file>', description: 'where the ARPA file is written' },
    {
      usage: '--order <n>',
      description: 'words of the longest n-grams (default: 3)',
      parse: wholeNumber({ min: 1, max: 6 }),
      default: 3,
    },
    {
      usage: '--unit <unit>',
      description: 'word or character (default: word)',
      parse: oneOf('word', 'character'),
      default: 'word',
    },
    { usage: '--lowercase', description: 'read the text in lower case' },
    {
      usage: '--min-count <n>',
      description: 'rarer words are read as <unk> (default: 1)',
      parse: wholeNumber({ min: 1 }),
      default: 1,
    },
    {
      usage: '--min-ngram-counts <n,n,…>',
      description: 'rarer n-grams are left out, a number for each length (default: 1)',
      parse: wholeNumbers,
      default: [1],
    },
    ...outputFlags,
  ],
  run: async (context) => (await import('./commands/ngram.js')).ngram(context),
};

function wholeNumbers(text: string): readonly number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number >= 1)) return numbers;
  throw new ValueError(`needs whole numbers from 1 on with commas between, got '${text}'`);
}

export const verbs: readonly Verb[] = [generate, score, ngram];
