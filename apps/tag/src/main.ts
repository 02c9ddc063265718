#!/usr/bin/env node
import { defineApp } from '@unroll/cli';
import { trainFlags } from './flags.js';
import { verbs } from './verbs.js';

await defineApp({
  name: 'unroll-tag',
  description:
    'Label every token of a sentence: parts of speech, chunks, named entities, punctuation, tags of your own.',
  version: '0.1.0',
  dataDescription: 'a file of tagged sentences, - for standard input, or a dataset',
  examples: [
    'unroll-tag check train.conll --valid dev.conll --test test.conll',
    'unroll-tag train --data train.conll --valid dev.conll --test test.conll --out runs/names',
    'unroll-tag evaluate --model runs/names --data test.conll --json',
    'unroll-tag tag --model runs/names letters.conll --probabilities --html letters.html',
    'tail -f words.conll | unroll-tag tag --model runs/names -',
  ],
  task: async () => (await import('./task.js')).taggingApp,
  trainFlags,
  verbs,
}).run();
