import * as tf from '@tensorflow/tfjs-core';
import { BackendError, ShapeError } from '@unroll/core/errors';
import type { NativeBackend } from './backend.js';

export const backendName = 'native';
const fallbackName = 'cpu';

export interface KernelCall {
  inputs: tf.NamedTensorInfoMap;
  attrs: tf.NamedAttrMap;
  backend: NativeBackend;
}

/** Computes, or answers undefined for a case that it leaves to tfjs' plain JavaScript kernel. */
export type NativeKernel = (call: KernelCall) => tf.TensorInfo | tf.TensorInfo[] | undefined;

/** One kernel: the name tfjs or core knows it by, and its native form. */
export interface NativeKernelConfig {
  kernelName: string;
  run: NativeKernel;
}

/** How often a kernel ran since the last reset: by the native engine, and by tfjs' plain JavaScript. */
export interface RunCount {
  native: number;
  fallback: number;
}

const counts = new Map<string, RunCount>();

function countOf(kernelName: string): RunCount {
  let count = counts.get(kernelName);
  if (count === undefined) counts.set(kernelName, (count = { native: 0, fallback: 0 }));
  return count;
}

/** Proof of which path ran: every kernel that ran on this backend since the last reset. */
export function kernelRuns(): Readonly<Record<string, Readonly<RunCount>>> {
  const ran = [...counts].filter(([, count]) => count.native + count.fallback > 0);
  return Object.fromEntries(ran.map(([name, count]) => [name, { ...count }]));
}

export function resetKernelRuns(): void {
  for (const count of counts.values()) count.native = count.fallback = 0;
}

/** Values that the engine finds impossible, such as a length past the end, are a mistake of the caller: one clear line. */
function runInWords(run: NativeKernel, call: KernelCall): ReturnType<NativeKernel> {
  try {
    return run(call);
  } catch (error) {
    if (!(error instanceof RangeError && 'code' in error && error.code === 'ERR_UNROLL_VALUE')) throw error;
    throw new ShapeError('shape/range', error.message.replace(/^unroll: /, ''), { cause: error });
  }
}

function registerNative({ kernelName, run }: NativeKernelConfig): void {
  const count = countOf(kernelName);
  const fallback = tf.getKernel(kernelName, fallbackName)?.kernelFunc;
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const result = runInWords(run, { inputs, attrs: attrs ?? {}, backend: backend as NativeBackend });
      if (result !== undefined) {
        count.native++;
        return result;
      }
      if (fallback === undefined) {
        throw new BackendError(
          'backend/unsupported',
          `${kernelName}: the native kernel does not know this case, and there is no other`,
        );
      }
      count.fallback++;
      return fallback({ inputs, attrs: attrs ?? {}, backend });
    },
  });
}

function registerFallback({ kernelName, kernelFunc, setupFunc, disposeFunc }: tf.KernelConfig): void {
  const count = countOf(kernelName);
  tf.registerKernel({
    kernelName,
    backendName,
    ...(setupFunc && { setupFunc }),
    ...(disposeFunc && { disposeFunc }),
    kernelFunc: (call) => {
      count.fallback++;
      return kernelFunc(call);
    },
  });
}

/** Every kernel that tfjs' plain JavaScript has, with the native ones in their place; all of them counted. */
export function registerKernels(native: readonly NativeKernelConfig[]): void {
  const names = new Set(native.map(({ kernelName }) => kernelName));
  for (const config of tf.getKernelsForBackend(fallbackName)) {
    if (!names.has(config.kernelName)) registerFallback(config);
  }
  for (const config of native) registerNative(config);
}
