import { LinearCrossEntropy, type LinearCrossEntropyAttributes } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';

export const linearCrossEntropyKernel: NativeKernelConfig = {
  kernelName: LinearCrossEntropy,
  run: ({ inputs, attrs, backend }) => {
    const { labelSmoothing, transposeKernel, withGradient } = attrs as unknown as LinearCrossEntropyAttributes;
    const { bias, mask } = inputs;
    const [hidden, kernel] = [inputs['hidden']!, inputs['kernel']!];
    const [rows, hiddenSize] = hidden.shape as [number, number];
    const vocabularySize = kernel.shape[transposeKernel ? 0 : 1]!;
    const losses = backend.allocate([rows], 'float32');
    const [sum, count] = [backend.allocate([], 'float32'), backend.allocate([], 'float32')];
    const differentiated = bias ? [hidden, kernel, bias] : [hidden, kernel];
    const gradients = withGradient ? differentiated.map(({ shape }) => backend.allocate(shape, 'float32')) : [];
    nativeFunctions().linearCrossEntropy(
      rows,
      hiddenSize,
      vocabularySize,
      backend.floats(hidden),
      backend.floats(kernel),
      transposeKernel,
      bias ? backend.floats(bias) : null,
      backend.ints(inputs['targets']!),
      mask ? backend.floats(mask) : null,
      labelSmoothing,
      losses.values,
      sum.values,
      count.values,
      gradients[0]?.values ?? null,
      gradients[1]?.values ?? null,
      gradients[2]?.values ?? null,
    );
    return [losses, sum, count, ...gradients];
  },
};
