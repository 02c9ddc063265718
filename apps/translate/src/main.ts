#!/usr/bin/env node
import { defineApp } from '@unroll/cli';
import { trainFlags } from './flags.js';
import { verbs } from './verbs.js';

await defineApp({
  name: 'unroll-translate',
  description:
    'Learn to turn one text into another from pairs of them: translation, spelling, summaries, replies, dates and numbers.',
  version: '0.1.0',
  dataDescription: 'a TSV or JSON lines file of pairs, - for standard input, or a dataset',
  pairedFiles: true,
  examples: [
    'unroll-translate train --source train.en --target train.de --valid-source valid.en --valid-target valid.de --out runs/en-de',
    'unroll-translate translate --model runs/en-de letters.en --beam 12 --out letters.de',
    'unroll-translate evaluate --model runs/en-de --source test.en --target test.de --json',
    'unroll-translate score --hypothesis letters.de --reference reference.de',
    'unroll-translate translate --model runs/en-de',
  ],
  task: async () => (await import('./task.js')).translationApp,
  trainFlags,
  verbs,
}).run();
