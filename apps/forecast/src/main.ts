#!/usr/bin/env node
import { defineApp } from '@unroll/cli';
import { trainFlags } from './flags.js';
import { verbs } from './verbs.js';

await defineApp({
  name: 'unroll-forecast',
  description: 'Forecast time series with recurrent networks and the baselines that they have to beat.',
  version: '0.1.0',
  dataDescription: 'a CSV file, - for standard input, or a dataset',
  examples: [
    'unroll-forecast train --data sales.csv --time date --target sold --id shop --horizon 28 --out runs/sales',
    'unroll-forecast evaluate --model runs/sales --data sales.csv --json',
    'unroll-forecast forecast --model runs/sales --data sales.csv --out next-month.csv',
    'unroll-forecast evaluate --model theta --data airline-passengers --horizon 12',
  ],
  task: async () => (await import('./task.js')).forecastApp,
  trainFlags,
  verbs,
}).run();
