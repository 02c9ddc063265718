import { ZerosLike } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { filled } from './Fill.js';

export const zerosLikeKernel: NativeKernelConfig = {
  kernelName: ZerosLike,
  run: ({ inputs, backend }) => {
    const x = inputs['x']!;
    return x.dtype === 'float32' ? filled(backend, x.shape, 0) : undefined;
  },
};
