import { BidirectionalSequenceGrad, type BidirectionalSequenceAttributes } from '@unroll/core';
import type { NativeKernel, NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { directionsOf } from './directions.js';
import { gruWalkBack } from './GruSequenceGrad.js';
import { lstmWalkBack } from './LstmSequenceGrad.js';
import { rnnWalkBack } from './RnnSequenceGrad.js';
import { allocateInputGradient, type MakeWalkBack } from './sequence.js';

/** Two walks back side by side, whose gradients of the input add up. */
function pairKernel<Arguments extends unknown[]>(
  makeWalkBack: MakeWalkBack<Arguments>,
  run: (...calls: [...Arguments, ...Arguments]) => void,
): NativeKernel {
  return (kernelCall) => {
    const [forwardCall, backwardCall] = directionsOf(kernelCall);
    const input = allocateInputGradient(kernelCall);
    const dInput = input[0]?.values ?? null;
    const [forward, backward] = [makeWalkBack(forwardCall, dInput), makeWalkBack(backwardCall, dInput)];
    run(...forward.call, ...backward.call);
    return [...input, ...forward.gradients, ...backward.gradients];
  };
}

const kernels = {
  elman: pairKernel(rnnWalkBack, (...calls) => nativeFunctions().rnnSequencePairGrad(...calls)),
  lstm: pairKernel(lstmWalkBack, (...calls) => nativeFunctions().lstmSequencePairGrad(...calls)),
  gru: pairKernel(gruWalkBack, (...calls) => nativeFunctions().gruSequencePairGrad(...calls)),
};

export const bidirectionalSequenceGradKernel: NativeKernelConfig = {
  kernelName: BidirectionalSequenceGrad,
  run: (call) => kernels[(call.attrs as unknown as BidirectionalSequenceAttributes).cell](call),
};
