import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { numberTypeOf } from './numbers.js';
import { copyStrided, highestRank, rowMajorStrides, type Walk } from './strided.js';

/** A copy that walks x backwards along the reversed axes. */
export const reverseKernel: NativeKernelConfig = {
  kernelName: tf.Reverse,
  run: ({ inputs, attrs, backend }) => {
    const x = inputs['x']!;
    const dtype = numberTypeOf(backend, x);
    if (dtype === undefined || x.shape.length > highestRank || x.shape.length === 0) return undefined;
    const axes = new Set(tf.util.parseAxisParam(attrs['dims'] as number | number[], x.shape));
    const y = backend.allocate(x.shape, dtype);
    const strides = rowMajorStrides(x.shape);
    const offset = strides.reduce((sum, stride, axis) => sum + (axes.has(axis) ? stride * (x.shape[axis]! - 1) : 0), 0);
    const backwards = strides.map((stride, axis) => (axes.has(axis) ? -stride : stride));
    const from = { values: backend.values(x) as Walk['values'], offset, strides: backwards };
    copyStrided(x.shape, from, { values: y.values, offset: 0, strides });
    return y;
  },
};
