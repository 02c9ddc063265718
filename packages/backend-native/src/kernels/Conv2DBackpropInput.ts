import { Conv2DBackpropInput } from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { convolutionSizes } from './convolution.js';
import { float32Of, sameShape } from './numbers.js';

export const conv2DBackpropInputKernel: NativeKernelConfig = {
  kernelName: Conv2DBackpropInput,
  run: ({ inputs, attrs, backend }) => {
    const [dy, filter] = [inputs['dy']!, inputs['filter']!];
    const [dyValues, filterValues] = [float32Of(backend, dy), float32Of(backend, filter)];
    const sizes = convolutionSizes({ x: attrs['inputShape'] as number[], filter: filter.shape }, attrs);
    // Nothing in tfjs keeps a caller from a gradient of other sizes than its convolution makes.
    if (!dyValues || !filterValues || !sizes || !sameShape(dy.shape, sizes[2])) return undefined;
    const dx = backend.allocate(sizes[0], 'float32');
    nativeFunctions().convolutionInputGradient(...sizes, dyValues, filterValues, dx.values);
    return dx;
  },
};
