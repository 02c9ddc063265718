import * as tf from '@tensorflow/tfjs-core';
import { withOps, type TensorOps } from '../../src/tensor-ops.js';
import type { TensorFlowBackend } from '../../src/tfjs-node.js';

export const backend = (): TensorFlowBackend => tf.backend() as TensorFlowBackend;

/** How many tensors TensorFlow itself holds. */
export const handles = (): number => backend().binding.getNumOfTensors();

export const inOps = <T>(body: (ops: TensorOps) => T): T => withOps(backend(), body);
