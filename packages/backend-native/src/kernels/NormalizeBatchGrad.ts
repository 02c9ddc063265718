import { NormalizeBatchGrad } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readBatchNorm } from './NormalizeBatch.js';

export const normalizeBatchGradKernel: NativeKernelConfig = {
  kernelName: NormalizeBatchGrad,
  run: (call) => {
    const { inputs, backend } = call;
    const given = readBatchNorm(call);
    const [mean, variance] = [backend.floats(inputs['mean']!), backend.floats(inputs['variance']!)];
    const dx = backend.allocate(inputs['input']!.shape, 'float32');
    const [dScale, dOffset] = [backend.allocate([given[2]], 'float32'), backend.allocate([given[2]], 'float32')];
    const dy = backend.floats(inputs['dOutput']!);
    nativeFunctions().normalizeBatchGrad(...given, mean, variance, dy, dx.values, dScale.values, dOffset.values);
    return [dx, dScale, dOffset];
  },
};
