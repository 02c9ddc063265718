import { BidirectionalSequence, type BidirectionalSequenceAttributes } from '@unroll/core';
import type { NativeKernel, NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { directionsOf } from './directions.js';
import { gruWalk } from './GruSequence.js';
import { lstmWalk } from './LstmSequence.js';
import { rnnWalk } from './RnnSequence.js';
import type { MakeWalk } from './sequence.js';

/** Two walks side by side that write beside each other. */
function pairKernel<Arguments extends unknown[]>(
  makeWalk: MakeWalk<Arguments>,
  run: (...calls: [...Arguments, ...Arguments]) => void,
): NativeKernel {
  return (kernelCall) => {
    const [forwardCall, backwardCall] = directionsOf(kernelCall);
    const output = forwardCall.steps(2 * forwardCall.hiddenSize);
    const forward = makeWalk(forwardCall, forwardCall.columnsOf(output.values));
    const backward = makeWalk(backwardCall, backwardCall.columnsOf(output.values));
    run(...forward.call, ...backward.call);
    return [output, ...forward.finals, ...backward.finals, ...forward.internals, ...backward.internals];
  };
}

const kernels = {
  elman: pairKernel(rnnWalk, (...calls) => nativeFunctions().rnnSequencePair(...calls)),
  lstm: pairKernel(lstmWalk, (...calls) => nativeFunctions().lstmSequencePair(...calls)),
  gru: pairKernel(gruWalk, (...calls) => nativeFunctions().gruSequencePair(...calls)),
};

export const bidirectionalSequenceKernel: NativeKernelConfig = {
  kernelName: BidirectionalSequence,
  run: (call) => kernels[(call.attrs as unknown as BidirectionalSequenceAttributes).cell](call),
};
