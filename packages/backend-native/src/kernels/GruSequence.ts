import { GruSequence } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readSequence } from './sequence.js';

export const gruSequenceKernel: NativeKernelConfig = {
  kernelName: GruSequence,
  run: (call) => {
    const { sequence, sizes, floats, steps, state } = readSequence(call);
    const recurrentBias = floats('recurrentBias');
    const [output, finalH, gates] = [steps(sizes.hiddenSize), state(), steps(4 * sizes.hiddenSize)];
    nativeFunctions().gruSequence(...sequence, recurrentBias, output.values, finalH.values, gates.values);
    return [output, finalH, gates];
  },
};
