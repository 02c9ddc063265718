import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { numberTypeOf } from './numbers.js';
import { copyStrided, highestRank, rowMajorStrides, type Walk } from './strided.js';

export const padV2Kernel: NativeKernelConfig = {
  kernelName: tf.PadV2,
  run: ({ inputs, attrs, backend }) => {
    const x = inputs['x']!;
    const dtype = numberTypeOf(backend, x);
    if (dtype === undefined || x.shape.length > highestRank) return undefined;
    const paddings = attrs['paddings'] as [number, number][];
    const y = backend.allocate(
      paddings.map(([before, after], axis) => before + x.shape[axis]! + after),
      dtype,
    );
    y.values.fill(attrs['constantValue'] as number);
    const strides = rowMajorStrides(y.shape);
    const offset = paddings.reduce((sum, [before], axis) => sum + before * strides[axis]!, 0);
    const from = { values: backend.values(x) as Walk['values'], offset: 0, strides: rowMajorStrides(x.shape) };
    copyStrided(x.shape, from, { values: y.values, offset, strides });
    return y;
  },
};
