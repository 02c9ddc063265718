import { LstmSequenceGrad } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { allocateGradients, readSequence } from './sequence.js';

export const lstmSequenceGradKernel: NativeKernelConfig = {
  kernelName: LstmSequenceGrad,
  run: (call) => {
    const { sequence, floats, state } = readSequence(call);
    const { common, initialH, gradients } = allocateGradients(call);
    const initialC = state();
    nativeFunctions().lstmSequenceGrad(
      ...sequence,
      floats('initialC'),
      floats('output'),
      floats('gates'),
      floats('cells'),
      floats('dOutput'),
      floats('dFinalH'),
      floats('dFinalC'),
      ...gradients,
      initialC.values,
    );
    return [...common, initialH, initialC];
  },
};
