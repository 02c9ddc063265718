import { CrfLogLikelihoodGrad } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readCrf } from './crf.js';

export const crfLogLikelihoodGradKernel: NativeKernelConfig = {
  kernelName: CrfLogLikelihoodGrad,
  run: (call) => {
    const { inputs, backend } = call;
    const gradients = ['emissions', 'transitions', 'start', 'end'].map((name) =>
      backend.allocate(inputs[name]!.shape, 'float32'),
    );
    const [dEmissions, dTransitions, dStart, dEnd] = gradients;
    nativeFunctions().crfLogLikelihoodGrad(
      ...readCrf(call),
      backend.ints(inputs['tags']!),
      backend.floats(inputs['dLogLikelihood']!),
      dEmissions!.values,
      dTransitions!.values,
      dStart!.values,
      dEnd!.values,
    );
    return gradients;
  },
};
