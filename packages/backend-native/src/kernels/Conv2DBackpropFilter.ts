import { Conv2DBackpropFilter } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { convolutionSizes } from './convolution.js';
import { float32Of, sameShape } from './numbers.js';

export const conv2DBackpropFilterKernel: NativeKernelConfig = {
  kernelName: Conv2DBackpropFilter,
  run: ({ inputs, attrs, backend }) => {
    const [x, dy] = [inputs['x']!, inputs['dy']!];
    const [xValues, dyValues] = [float32Of(backend, x), float32Of(backend, dy)];
    const sizes = convolutionSizes({ x: x.shape, filter: attrs['filterShape'] as number[] }, attrs);
    // Nothing in tfjs keeps a caller from a gradient of other sizes than its convolution makes.
    if (!xValues || !dyValues || !sizes || !sameShape(dy.shape, sizes[2])) return undefined;
    const dFilter = backend.allocate(sizes[1], 'float32');
    nativeFunctions().convolutionFilterGradient(...sizes, xValues, dyValues, dFilter.values);
    return dFilter;
  },
};
