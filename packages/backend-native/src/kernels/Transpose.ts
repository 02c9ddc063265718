import { Transpose } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { numberTypeOf } from './numbers.js';
import { highestRank, transposed } from './strided.js';

export const transposeKernel: NativeKernelConfig = {
  kernelName: Transpose,
  run: ({ inputs, attrs, backend }) => {
    const x = inputs['x']!;
    if (numberTypeOf(backend, x) === undefined || x.shape.length > highestRank) return undefined;
    return transposed(backend, x, attrs['perm'] as number[]);
  },
};
