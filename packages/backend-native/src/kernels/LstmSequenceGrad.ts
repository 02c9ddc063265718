import { LstmSequenceGrad } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import type { LstmWalkBack } from './fused-functions.js';
import { allocateGradients, sequenceGradKernel, type MakeWalkBack } from './sequence.js';

export const lstmWalkBack: MakeWalkBack<LstmWalkBack> = (call, dInput) => {
  const { sequence, floats, columnsOf, state } = call;
  const { common, initialH, gradients } = allocateGradients(call, dInput);
  const initialC = state();
  return {
    call: [
      ...sequence,
      floats('initialC'),
      columnsOf(floats('output')),
      floats('gates'),
      floats('cells'),
      columnsOf(floats('dOutput')),
      floats('dFinalH'),
      floats('dFinalC'),
      ...gradients,
      initialC.values,
    ],
    gradients: [...common, initialH, initialC],
  };
};

export const lstmSequenceGradKernel: NativeKernelConfig = {
  kernelName: LstmSequenceGrad,
  run: sequenceGradKernel(lstmWalkBack, (...call) => nativeFunctions().lstmSequenceGrad(...call)),
};
