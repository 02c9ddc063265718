import { util } from '@tensorflow/tfjs-core';
import { NormalizeBatch, type NormalizeBatchAttributes } from '@unroll/core';
import type { KernelCall, NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import type { NormalizeBatchArguments } from './batch-norm-functions.js';

/** Sizes and inputs, as the addon takes them: a segment is what one number of the mask stands for. */
export function readBatchNorm({ inputs, attrs, backend }: KernelCall): NormalizeBatchArguments {
  const { input, mask, scale, offset } = inputs;
  const { epsilon } = attrs as unknown as NormalizeBatchAttributes;
  const channels = input!.shape.at(-1)!;
  const places = util.sizeFromShape(input!.shape) / channels;
  const segments = mask ? util.sizeFromShape(mask.shape) : places;
  const [x, s, o] = [backend.floats(input!), backend.floats(scale!), backend.floats(offset!)];
  return [segments, places / segments, channels, x, mask ? backend.floats(mask) : null, s, o, epsilon];
}

export const normalizeBatchKernel: NativeKernelConfig = {
  kernelName: NormalizeBatch,
  run: (call) => {
    const { inputs, backend } = call;
    const given = readBatchNorm(call);
    const y = backend.allocate(inputs['input']!.shape, 'float32');
    const [mean, variance] = [backend.allocate([given[2]], 'float32'), backend.allocate([given[2]], 'float32')];
    nativeFunctions().normalizeBatch(...given, y.values, mean.values, variance.values);
    return [y, mean, variance];
  },
};
