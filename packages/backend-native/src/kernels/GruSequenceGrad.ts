import { GruSequenceGrad } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import type { GruWalkBack } from './fused-functions.js';
import { allocateGradients, sequenceGradKernel, type MakeWalkBack } from './sequence.js';

export const gruWalkBack: MakeWalkBack<GruWalkBack> = (call, dInput) => {
  const { sequence, inputs, backend, floats, columnsOf } = call;
  const { common, initialH, gradients } = allocateGradients(call, dInput);
  const recurrentBias = backend.allocate(inputs['recurrentBias']!.shape, 'float32');
  return {
    call: [
      ...sequence,
      floats('recurrentBias'),
      columnsOf(floats('output')),
      floats('gates'),
      columnsOf(floats('dOutput')),
      floats('dFinalH'),
      ...gradients,
      recurrentBias.values,
    ],
    gradients: [...common, recurrentBias, initialH],
  };
};

export const gruSequenceGradKernel: NativeKernelConfig = {
  kernelName: GruSequenceGrad,
  run: sequenceGradKernel(gruWalkBack, (...call) => nativeFunctions().gruSequenceGrad(...call)),
};
