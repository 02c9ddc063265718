import { CrfLogLikelihood } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readCrf } from './crf.js';

export const crfLogLikelihoodKernel: NativeKernelConfig = {
  kernelName: CrfLogLikelihood,
  run: (call) => {
    const { inputs, backend } = call;
    const output = backend.allocate(inputs['lengths']!.shape, 'float32');
    nativeFunctions().crfLogLikelihood(...readCrf(call), backend.ints(inputs['tags']!), output.values);
    return output;
  },
};
