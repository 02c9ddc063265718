import { CtcLossGrad } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readCtc } from './ctc.js';

export const ctcLossGradKernel: NativeKernelConfig = {
  kernelName: CtcLossGrad,
  run: (call) => {
    const { inputs, backend } = call;
    const gradient = backend.allocate(inputs['logits']!.shape, 'float32');
    nativeFunctions().ctcLossGrad(
      ...readCtc(call),
      backend.floats(inputs['losses']!),
      backend.floats(inputs['occupancy']!),
      backend.floats(inputs['dLosses']!),
      gradient.values,
    );
    return gradient;
  },
};
