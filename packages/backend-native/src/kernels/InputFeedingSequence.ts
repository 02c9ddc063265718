import { InputFeedingSequence } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readInputFeeding } from './input-feeding.js';

export const inputFeedingSequenceKernel: NativeKernelConfig = {
  kernelName: InputFeedingSequence,
  run: (call) => {
    const { given, workspace: numbers } = readInputFeeding(call);
    const [timeSteps, batchSize, , hiddenSize, sourceSteps] = given;
    const output = call.backend.allocate([timeSteps, batchSize, hiddenSize], 'float32');
    const weights = call.backend.allocate([timeSteps, batchSize, sourceSteps], 'float32');
    const workspace = call.backend.allocate([numbers], 'float32');
    nativeFunctions().inputFeedingSequence(...given, output.values, weights.values, workspace.values);
    return [output, weights, workspace];
  },
};
