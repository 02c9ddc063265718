import * as tf from '@tensorflow/tfjs-core';
import * as kernels from '../ops/kernel-names.js';
import type { Path } from '../ops/path-counts.js';

/** The kernels that the TensorFlow engine makes of TensorFlow's ops; the native engine has all, plain JavaScript none. */
const ofTensorFlow: ReadonlySet<string> = new Set([
  kernels.RnnSequence,
  kernels.LstmSequence,
  kernels.GruSequence,
  kernels.LinearCrossEntropy,
  kernels.SumRowsByIndex,
  kernels.OptimizerStep,
]);

/** Which way an operation must go on the engine of now: a silent way back to the steps would test nothing. @param kernel - of ops/kernel-names.ts */
export function expectedPath(kernel: string): Path {
  const has = { native: true, tensorflow: ofTensorFlow.has(kernel) }[tf.getBackend()] ?? false;
  return has ? 'fused' : 'steps';
}
