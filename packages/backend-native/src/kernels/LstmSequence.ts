import { LstmSequence } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import type { LstmWalk } from './fused-functions.js';
import { sequenceKernel, type MakeWalk } from './sequence.js';

export const lstmWalk: MakeWalk<LstmWalk> = ({ sequence, hiddenSize, floats, steps, state }, output) => {
  const [finalH, finalC, gates, cells] = [state(), state(), steps(4 * hiddenSize), steps(hiddenSize)];
  const filled = [finalH.values, finalC.values, gates.values, cells.values] as const;
  return {
    call: [...sequence, floats('initialC'), output, ...filled],
    finals: [finalH, finalC],
    internals: [gates, cells],
  };
};

export const lstmSequenceKernel: NativeKernelConfig = {
  kernelName: LstmSequence,
  run: sequenceKernel(lstmWalk, (...call) => nativeFunctions().lstmSequence(...call)),
};
