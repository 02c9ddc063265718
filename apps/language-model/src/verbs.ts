import { decimalNumber, engineFlags, modelFlag, outputFlags, seedFlag, wholeNumber, type Verb } from '@unroll/cli';

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

export const verbs: readonly Verb[] = [generate, score];
