import { TopK, util } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { float32Of } from './numbers.js';

/** So many numbers are found by passing over the others; more are left to tfjs, which sorts. */
const most = 1024;

/** Always sorted; of equal numbers the first. */
export const topKKernel: NativeKernelConfig = {
  kernelName: TopK,
  run: ({ inputs, attrs, backend }) => {
    const tensor = inputs['x']!;
    const x = float32Of(backend, tensor);
    const k = attrs['k'] as number;
    const width = tensor.shape.at(-1);
    if (x === undefined || width === undefined || k > Math.min(most, width)) return undefined;
    const shape = [...tensor.shape.slice(0, -1), k];
    const values = backend.allocate(shape, 'float32');
    const indices = backend.allocate(shape, 'int32');
    const rows = util.sizeFromShape(tensor.shape.slice(0, -1));
    nativeFunctions().topK(rows, width, k, x, values.values, indices.values);
    return [values, indices];
  },
};
