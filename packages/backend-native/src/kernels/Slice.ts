import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../backend.js';
import type { NativeKernelConfig } from '../kernel.js';
import { numberTypeOf } from './numbers.js';
import { copyStrided, highestRank, rowMajorStrides, type Walk } from './strided.js';

/** `size` numbers of `x` along each axis from `begin` on. What lies side by side shares the memory of `x`. */
export function slice(
  backend: NativeBackend,
  x: tf.TensorInfo,
  part: { begin: number[]; size: number[] },
): tf.TensorInfo | undefined {
  const dtype = numberTypeOf(backend, x);
  if (dtype === undefined || x.shape.length > highestRank) return undefined;
  const values = backend.values(x) as Walk['values'];
  const strides = rowMajorStrides(x.shape);
  const offset = tf.slice_util.computeFlatOffset(part.begin, strides);
  if (tf.slice_util.isSliceContinous(x.shape, part.begin, part.size)) {
    const view = values.subarray(offset, offset + tf.util.sizeFromShape(part.size));
    return backend.makeTensorInfo([...part.size], dtype, view);
  }
  const y = backend.allocate(part.size, dtype);
  const to = { values: y.values, offset: 0, strides: rowMajorStrides(y.shape) };
  copyStrided(part.size, { values, offset, strides }, to);
  return y;
}

export const sliceKernel: NativeKernelConfig = {
  kernelName: tf.Slice,
  run: ({ inputs, attrs, backend }) => {
    const x = inputs['x']!;
    const [begin, size] = tf.slice_util.parseSliceParams(x, attrs['begin'] as number[], attrs['size'] as number[]);
    tf.slice_util.assertParamsValid(x, begin!, size!);
    return slice(backend, x, { begin: begin!, size: size! });
  },
};
