/**
 * A process that trains the tiny task in a run folder, resuming what is there; made to be killed.
 *
 * Usage: node --conditions=unroll-source --import tsx train-and-log.ts FOLDER STEPS
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { trainAndLog } from './train-in-folder.js';

if (!(await tf.setBackend('cpu'))) throw new Error('the plain JavaScript engine did not start');
(tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
const [folder, steps] = process.argv.slice(2) as [string, string];
const resume = existsSync(join(folder, 'checkpoints'));
await trainAndLog({ folder, steps: Number(steps), resume, onStarted: () => process.stdout.write('started\n') });
