#!/usr/bin/env node
import { defineApp } from '@unroll/cli';
import { trainFlags } from './flags.js';
import { verbs } from './verbs.js';

await defineApp({
  name: 'unroll-listen',
  description: 'Learn from sound: which word or class a clip is, who speaks, and what was said.',
  version: '0.1.0',
  dataDescription:
    'a folder of WAV files, a CSV or JSON lines manifest, - for a manifest on standard input, or a dataset',
  fileTrees: true,
  examples: [
    'unroll-listen train --data words/ --task classify --out runs/words',
    'unroll-listen train --data spoken.csv --task transcribe --out runs/spoken',
    'unroll-listen evaluate --model runs/spoken --data test.csv --json',
    'unroll-listen transcribe --model runs/spoken interview.wav --srt interview.srt',
    'arecord -f S16_LE -r 16000 | unroll-listen transcribe --model runs/spoken -',
  ],
  task: async () => (await import('./task.js')).listeningApp,
  trainFlags,
  verbs,
}).run();
