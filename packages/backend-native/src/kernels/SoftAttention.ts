import { SoftAttention, type SoftAttentionAttributes } from '@unroll/core';
import type { KernelCall, NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import type { AttentionArguments } from './fused-functions.js';

/** Sizes and inputs, as the addon takes them. */
export function readAttention({ inputs, attrs, backend }: KernelCall): AttentionArguments {
  const [query, keys, values] = [inputs['query']!, inputs['keys']!, inputs['values']!];
  const { scoreVector, lengths, scoreBias } = inputs;
  const { score, scale } = attrs as unknown as SoftAttentionAttributes;
  const [queries, batchSize, size] = query.shape as [number, number, number];
  return [
    queries,
    keys.shape[0]!,
    batchSize,
    size,
    values.shape[2]!,
    score,
    scale,
    backend.floats(query),
    backend.floats(keys),
    backend.floats(values),
    scoreVector ? backend.floats(scoreVector) : null,
    lengths ? backend.ints(lengths) : null,
    scoreBias ? backend.floats(scoreBias) : null,
  ];
}

export const softAttentionKernel: NativeKernelConfig = {
  kernelName: SoftAttention,
  run: (call) => {
    const given = readAttention(call);
    const [queries, sourceSteps, batchSize, , width] = given;
    const context = call.backend.allocate([queries, batchSize, width], 'float32');
    const weights = call.backend.allocate([queries, batchSize, sourceSteps], 'float32');
    nativeFunctions().attention(...given, context.values, weights.values);
    return [context, weights];
  },
};
