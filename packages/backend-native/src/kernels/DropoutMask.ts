import { DropoutMask, type DropoutMaskAttributes } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';

export const dropoutMaskKernel: NativeKernelConfig = {
  kernelName: DropoutMask,
  run: ({ attrs, backend }) => {
    const { shape, rate, key, offset } = attrs as unknown as DropoutMaskAttributes;
    const mask = backend.allocate(shape, 'float32');
    nativeFunctions().dropoutMask(key[0] >>> 0, key[1] >>> 0, rate, offset, mask.values);
    return mask;
  },
};
