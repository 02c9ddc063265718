import { beforeAll } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

/** The `unit` project: TensorFlow.js' own plain JavaScript engine, the reference. */
beforeAll(async () => {
  if (!(await tf.setBackend('cpu'))) throw new Error('the plain JavaScript engine did not start');
  // it recommends tfjs-node at its first tensor, and stray output fails a test
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
});
