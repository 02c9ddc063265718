import { CtcLoss, type CtcLossAttributes } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readCtc } from './ctc.js';

export const ctcLossKernel: NativeKernelConfig = {
  kernelName: CtcLoss,
  run: (call) => {
    const { inputs, attrs, backend } = call;
    const { withGradient } = attrs as unknown as CtcLossAttributes;
    const [timeSteps, batchSize] = inputs['logits']!.shape as [number, number, number];
    const losses = backend.allocate([batchSize], 'float32');
    const shape = [timeSteps, batchSize, inputs['labels']!.shape[1]! + 1];
    const occupancy = withGradient ? [backend.allocate(shape, 'float32')] : [];
    nativeFunctions().ctcLoss(...readCtc(call), losses.values, occupancy[0]?.values ?? null);
    return [losses, ...occupancy];
  },
};
