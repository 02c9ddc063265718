import { beforeAll } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { tensorFlowEngineState } from '@unroll/backend-tensorflow';

/** The `tensorflow` project runs the same test files again with the engine selected. */
beforeAll(async () => {
  const state = tensorFlowEngineState();
  if (state.status !== 'ready') throw new Error(`${state.reason}; ${state.hint}`);
  await tf.setBackend('tensorflow');
  Object.assign(tf.backend(), { firstUse: false });
});
