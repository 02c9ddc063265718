import { CrfForwardBackward } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readCrf } from './crf.js';

export const crfForwardBackwardKernel: NativeKernelConfig = {
  kernelName: CrfForwardBackward,
  run: (call) => {
    const { inputs, backend } = call;
    const { shape } = inputs['emissions']!;
    const sums = Array.from({ length: 3 }, () => backend.allocate(shape, 'float32'));
    const logPartition = backend.allocate(inputs['lengths']!.shape, 'float32');
    const [marginals, forward, backward] = sums;
    nativeFunctions().crfForwardBackward(
      ...readCrf(call),
      marginals!.values,
      forward!.values,
      backward!.values,
      logPartition.values,
    );
    return [...sums, logPartition];
  },
};
