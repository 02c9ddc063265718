// Loads TensorFlow from the folder that is named, where Node has not what it has no more from 23 on, if that is wanted.
//
//   node load-process.ts FOLDER [--node-23]
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { loadTensorFlow } from '../src/load.js';

const functions = util as { isNullOrUndefined?: unknown; isArray?: unknown };
if (process.argv.includes('--node-23')) {
  delete functions.isNullOrUndefined;
  delete functions.isArray;
}
const before = { ...functions };
await tf.setBackend('cpu');
const state = loadTensorFlow(process.argv[2]!);
const kept = Object.entries(before).every(([name, value]) => functions[name as keyof typeof functions] === value);
process.stdout.write(JSON.stringify({ state, backend: tf.getBackend(), kept }));
