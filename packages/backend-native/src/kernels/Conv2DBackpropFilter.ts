import { Conv2DBackpropFilter } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { convolutionSizes } from './convolution.js';
import { float32Of } from './numbers.js';

export const conv2DBackpropFilterKernel: NativeKernelConfig = {
  kernelName: Conv2DBackpropFilter,
  run: ({ inputs, attrs, backend }) => {
    const [x, dy] = [inputs['x']!, inputs['dy']!];
    const [xValues, dyValues] = [float32Of(backend, x), float32Of(backend, dy)];
    const sizes = convolutionSizes({ x: x.shape, filter: attrs['filterShape'] as number[] }, attrs);
    if (!xValues || !dyValues || !sizes) return undefined;
    const dFilter = backend.allocate(sizes[1], 'float32');
    nativeFunctions().convolutionFilterGradient(...sizes, xValues, dyValues, dFilter.values);
    return dFilter;
  },
};
