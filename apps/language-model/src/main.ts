#!/usr/bin/env node
import { defineApp } from '@unroll/cli';
import { verbs } from './verbs.js';

await defineApp({
  name: 'unroll-lm',
  description: 'Train, evaluate and run recurrent language models.',
  version: '0.1.0',
  dataDescription: 'a UTF-8 text file, - for standard input, or a dataset',
  examples: [
    'unroll-lm train --data moby-dick --preset demo --out runs/whale',
    'unroll-lm generate --model runs/whale --prompt "Call me" --temperature 0.8',
    'unroll-lm evaluate --model runs/whale --data other.txt --json',
  ],
  task: async () => (await import('./task.js')).languageModelApp,
  verbs,
}).run();
