import { Fill } from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../backend.js';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';

/** A float32 tensor of one number. */
export function filled(backend: NativeBackend, shape: readonly number[], value: number) {
  const y = backend.allocate(shape, 'float32');
  nativeFunctions().fill(value, y.values);
  return y;
}

export const fillKernel: NativeKernelConfig = {
  kernelName: Fill,
  run: ({ attrs, backend }) => {
    const { shape, value, dtype } = attrs as { shape: number[]; value: number | string; dtype?: string };
    if (typeof value !== 'number' || (dtype !== undefined && dtype !== 'float32')) return undefined;
    return filled(backend, shape, value);
  },
};
