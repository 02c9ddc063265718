import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { numberTypeOf } from './numbers.js';
import { slice } from './Slice.js';
import { highestRank } from './strided.js';

export const splitVKernel: NativeKernelConfig = {
  kernelName: tf.SplitV,
  run: ({ inputs, attrs, backend }) => {
    const x = inputs['x'] as tf.Tensor;
    if (numberTypeOf(backend, x) === undefined || x.shape.length > highestRank) return undefined;
    const axis = tf.util.parseAxisParam(attrs['axis'] as number, x.shape)[0]!;
    const widths = tf.backend_util.prepareSplitSize(x, attrs['numOrSizeSplits'] as number | number[], axis);
    let start = 0;
    return widths.map((width) => {
      const begin = x.shape.map((_, i) => (i === axis ? start : 0));
      start += width;
      return slice(backend, x, { begin, size: x.shape.map((size, i) => (i === axis ? width : size)) })!;
    });
  },
};
