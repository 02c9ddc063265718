import { LstmSequence } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readSequence } from './sequence.js';

export const lstmSequenceKernel: NativeKernelConfig = {
  kernelName: LstmSequence,
  run: (call) => {
    const { sequence, sizes, floats, steps, state } = readSequence(call);
    const initialC = floats('initialC');
    const [output, finalH, finalC] = [steps(sizes.hiddenSize), state(), state()];
    const [gates, cells] = [steps(4 * sizes.hiddenSize), steps(sizes.hiddenSize)];
    nativeFunctions().lstmSequence(
      ...sequence,
      initialC,
      output.values,
      finalH.values,
      finalC.values,
      gates.values,
      cells.values,
    );
    return [output, finalH, finalC, gates, cells];
  },
};
