import { GruSequence } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import type { GruWalk } from './fused-functions.js';
import { sequenceKernel, type MakeWalk } from './sequence.js';

export const gruWalk: MakeWalk<GruWalk> = ({ sequence, hiddenSize, floats, steps, state }, output) => {
  const [finalH, gates] = [state(), steps(4 * hiddenSize)];
  return {
    call: [...sequence, floats('recurrentBias'), output, finalH.values, gates.values],
    finals: [finalH],
    internals: [gates],
  };
};

export const gruSequenceKernel: NativeKernelConfig = {
  kernelName: GruSequence,
  run: sequenceKernel(gruWalk, (...call) => nativeFunctions().gruSequence(...call)),
};
