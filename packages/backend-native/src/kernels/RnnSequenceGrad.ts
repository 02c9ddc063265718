import { RnnSequenceGrad, type RnnSequenceAttributes } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import type { RnnWalkBack } from './fused-functions.js';
import { allocateGradients, sequenceGradKernel, type MakeWalkBack } from './sequence.js';

export const rnnWalkBack: MakeWalkBack<RnnWalkBack> = (call, dInput) => {
  const { sequence, attrs, floats, columnsOf } = call;
  const { activation } = attrs as unknown as RnnSequenceAttributes;
  const { common, initialH, gradients } = allocateGradients(call, dInput);
  return {
    call: [
      ...sequence,
      activation,
      columnsOf(floats('output')),
      columnsOf(floats('dOutput')),
      floats('dFinalH'),
      ...gradients,
    ],
    gradients: [...common, initialH],
  };
};

export const rnnSequenceGradKernel: NativeKernelConfig = {
  kernelName: RnnSequenceGrad,
  run: sequenceGradKernel(rnnWalkBack, (...call) => nativeFunctions().rnnSequenceGrad(...call)),
};
