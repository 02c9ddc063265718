import * as tf from '@tensorflow/tfjs-core';
import { fusedKernelNames } from '@unroll/core';
import { backendName } from './kernel.js';
import type { TensorFlowEngineState } from './state.js';

/** What is found of TensorFlow on this machine. */
export interface TensorFlowReport {
  readonly state: TensorFlowEngineState;
  /** those of unroll's fused kernels that TensorFlow has; all others take their readable path */
  readonly fusedKernels: readonly string[];
}

/** Unroll's fused kernels that are registered for TensorFlow, by name. */
export function tensorFlowKernels(): readonly string[] {
  const registered = new Set(tf.getKernelsForBackend(backendName).map(({ kernelName }) => kernelName));
  return fusedKernelNames.filter((name) => registered.has(name));
}
