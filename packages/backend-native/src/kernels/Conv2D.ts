import { Conv2D } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { convolutionSizes } from './convolution.js';
import { float32Of } from './numbers.js';

export const conv2DKernel: NativeKernelConfig = {
  kernelName: Conv2D,
  run: ({ inputs, attrs, backend }) => {
    const [x, filter] = [inputs['x']!, inputs['filter']!];
    const [xValues, filterValues] = [float32Of(backend, x), float32Of(backend, filter)];
    const sizes = convolutionSizes({ x: x.shape, filter: filter.shape }, attrs);
    if (!xValues || !filterValues || !sizes) return undefined;
    const y = backend.allocate(sizes[2], 'float32');
    nativeFunctions().convolve(...sizes, xValues, filterValues, y.values);
    return y;
  },
};
