import { OnesLike } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { filled } from './Fill.js';

export const onesLikeKernel: NativeKernelConfig = {
  kernelName: OnesLike,
  run: ({ inputs, backend }) => {
    const x = inputs['x']!;
    return x.dtype === 'float32' ? filled(backend, x.shape, 1) : undefined;
  },
};
