import * as tf from '@tensorflow/tfjs-core';
import { kernelCost } from './kernel-cost.js';
import type { Span } from './span.js';

export interface KernelWatch {
  readonly clock: () => number;
  readonly onSpan: (span: Span) => void;
}

/**
 * Reports every kernel that runs on a backend from now on. The kernels are registered anew inside of a watch and put back
 * as they were by the function that this one returns, so that an unwatched engine has nothing to pay.
 *
 * A kernel that calls another one counts as one, with the time of both.
 */
export function watchKernels(backendName: string, { clock, onSpan }: KernelWatch): () => void {
  const kernels = tf.getKernelsForBackend(backendName);
  let running = false;
  const watched = kernels.map((config): tf.KernelConfig => {
    const { kernelName, kernelFunc } = config;
    return {
      ...config,
      kernelFunc: (call) => {
        if (running) return kernelFunc(call);
        running = true;
        const beginMs = clock();
        try {
          const result = kernelFunc(call);
          const endMs = clock();
          const outputs = Array.isArray(result) ? result : [result];
          const { inputs, attrs = {}, backend } = call;
          const read = ({ dataId }: tf.TensorInfo) => (backend as tf.KernelBackend).readSync(dataId) as tf.TypedArray;
          const cost = kernelCost(kernelName, { inputs, attrs, outputs, read });
          onSpan({ name: kernelName, beginMs, endMs, thread: 0, ...cost });
          return result;
        } finally {
          running = false;
        }
      },
    };
  });
  replaceKernels(watched);
  return () => replaceKernels(kernels);
}

function replaceKernels(kernels: readonly tf.KernelConfig[]): void {
  for (const config of kernels) {
    tf.unregisterKernel(config.kernelName, config.backendName); // or tfjs would warn of a second registration
    tf.registerKernel(config);
  }
}
