import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { numberTypeOf } from './numbers.js';
import { slice } from './Slice.js';
import { highestRank } from './strided.js';

export const unpackKernel: NativeKernelConfig = {
  kernelName: tf.Unpack,
  run: ({ inputs, attrs, backend }) => {
    const x = inputs['value']!;
    if (numberTypeOf(backend, x) === undefined || x.shape.length > highestRank) return undefined;
    const axis = tf.util.parseAxisParam(attrs['axis'] as number, x.shape)[0]!;
    const shape = x.shape.filter((_, i) => i !== axis);
    return Array.from({ length: x.shape[axis]! }, (_, index) => {
      const begin = x.shape.map((_, i) => (i === axis ? index : 0));
      const part = slice(backend, x, { begin, size: x.shape.map((size, i) => (i === axis ? 1 : size)) })!;
      return { dataId: part.dataId, dtype: part.dtype, shape };
    });
  },
};
