import { RnnSequence, type RnnSequenceAttributes } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readSequence } from './sequence.js';

export const rnnSequenceKernel: NativeKernelConfig = {
  kernelName: RnnSequence,
  run: (call) => {
    const { sequence, sizes, steps, state } = readSequence(call);
    const { activation } = call.attrs as unknown as RnnSequenceAttributes;
    const [output, finalH] = [steps(sizes.hiddenSize), state()];
    nativeFunctions().rnnSequence(...sequence, activation, output.values, finalH.values);
    return [output, finalH];
  },
};
