import { OneHot } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { arrayOf } from './numbers.js';

export const oneHotKernel: NativeKernelConfig = {
  kernelName: OneHot,
  run: ({ inputs, attrs, backend }) => {
    const indices = arrayOf(backend, inputs['indices'], 'int32');
    if (indices === undefined || attrs['dtype'] !== 'float32') return undefined;
    const depth = attrs['depth'] as number;
    const y = backend.allocate([...inputs['indices']!.shape, depth], 'float32');
    nativeFunctions().oneHot(depth, attrs['onValue'] as number, attrs['offValue'] as number, indices, y.values);
    return y;
  },
};
