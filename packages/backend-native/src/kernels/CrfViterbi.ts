import { CrfViterbi, type CrfViterbiAttributes } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readCrf } from './crf.js';

export const crfViterbiKernel: NativeKernelConfig = {
  kernelName: CrfViterbi,
  run: (call) => {
    const { inputs, attrs, backend } = call;
    const { nBest } = attrs as unknown as CrfViterbiAttributes;
    const [timeSteps, batchSize] = inputs['emissions']!.shape as [number, number, number];
    const tags = backend.allocate([nBest, timeSteps, batchSize], 'int32');
    const scores = backend.allocate([nBest, batchSize], 'float32');
    nativeFunctions().crfViterbi(...readCrf(call), nBest, tags.values, scores.values);
    return [tags, scores];
  },
};
