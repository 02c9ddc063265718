import { AddN, type TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { float32Of } from './numbers.js';

export const addNKernel: NativeKernelConfig = {
  kernelName: AddN,
  run: ({ inputs, backend }) => {
    const tensors = inputs as unknown as TensorInfo[];
    const terms = tensors.map((x) => float32Of(backend, x)).filter((values) => values !== undefined);
    if (terms.length < tensors.length) return undefined;
    const y = backend.allocate(tensors[0]!.shape, 'float32');
    nativeFunctions().addN(terms, y.values);
    return y;
  },
};
