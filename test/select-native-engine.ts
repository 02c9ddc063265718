import { beforeAll } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import '@unroll/backend-native';

/** The `native` project runs the same test files again with the engine selected. */
beforeAll(async () => {
  if (!(await tf.setBackend('native')))
    throw new Error('the native engine did not start; run `pnpm --filter @unroll/backend-native run install`');
});
