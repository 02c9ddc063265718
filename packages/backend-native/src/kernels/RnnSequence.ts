import { RnnSequence, type RnnSequenceAttributes } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import type { RnnWalk } from './fused-functions.js';
import { sequenceKernel, type MakeWalk } from './sequence.js';

export const rnnWalk: MakeWalk<RnnWalk> = ({ sequence, attrs, state }, output) => {
  const { activation } = attrs as unknown as RnnSequenceAttributes;
  const finalH = state();
  return { call: [...sequence, activation, output, finalH.values], finals: [finalH], internals: [] };
};

export const rnnSequenceKernel: NativeKernelConfig = {
  kernelName: RnnSequence,
  run: sequenceKernel(rnnWalk, (...call) => nativeFunctions().rnnSequence(...call)),
};
