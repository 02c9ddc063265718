import { GruSequenceGrad } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { allocateGradients, readSequence } from './sequence.js';

export const gruSequenceGradKernel: NativeKernelConfig = {
  kernelName: GruSequenceGrad,
  run: (call) => {
    const { sequence, floats } = readSequence(call);
    const { common, initialH, gradients } = allocateGradients(call);
    const recurrentBias = call.backend.allocate(call.inputs['recurrentBias']!.shape, 'float32');
    nativeFunctions().gruSequenceGrad(
      ...sequence,
      floats('recurrentBias'),
      floats('output'),
      floats('gates'),
      floats('dOutput'),
      floats('dFinalH'),
      ...gradients,
      recurrentBias.values,
    );
    return [...common, recurrentBias, initialH];
  },
};
