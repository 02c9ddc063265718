import { LogSoftmax } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { softmaxOf } from './Softmax.js';

/** tfjs composes its own logSoftmax; this kernel is for callers that ask for it by name. */
export const logSoftmaxKernel: NativeKernelConfig = {
  kernelName: LogSoftmax,
  run: (call) => softmaxOf(call, call.attrs['axis'] as number, true),
};
