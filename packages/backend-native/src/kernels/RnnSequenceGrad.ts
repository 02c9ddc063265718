import { RnnSequenceGrad, type RnnSequenceAttributes } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { allocateGradients, readSequence } from './sequence.js';

export const rnnSequenceGradKernel: NativeKernelConfig = {
  kernelName: RnnSequenceGrad,
  run: (call) => {
    const { sequence, floats } = readSequence(call);
    const { activation } = call.attrs as unknown as RnnSequenceAttributes;
    const { common, initialH, gradients } = allocateGradients(call);
    nativeFunctions().rnnSequenceGrad(
      ...sequence,
      activation,
      floats('output'),
      floats('dOutput'),
      floats('dFinalH'),
      ...gradients,
    );
    return [...common, initialH];
  },
};
