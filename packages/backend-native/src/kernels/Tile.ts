import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { numberTypeOf } from './numbers.js';
import { copyStrided, highestRank, rowMajorStrides, type Walk } from './strided.js';

/** Every axis is walked as two, [repetitions, size], and the first does not move in x. */
export const tileKernel: NativeKernelConfig = {
  kernelName: tf.Tile,
  run: ({ inputs, attrs, backend }) => {
    const x = inputs['x']!;
    const repetitions = attrs['reps'] as number[];
    const dtype = numberTypeOf(backend, x);
    if (dtype === undefined || x.shape.length > highestRank || repetitions.length !== x.shape.length) return undefined;
    const y = backend.allocate(
      x.shape.map((size, axis) => size * repetitions[axis]!),
      dtype,
    );
    const [xStrides, yStrides] = [rowMajorStrides(x.shape), rowMajorStrides(y.shape)];
    const sizes = x.shape.flatMap((size, axis) => [repetitions[axis]!, size]);
    const from = x.shape.flatMap((_, axis) => [0, xStrides[axis]!]);
    const to = x.shape.flatMap((size, axis) => [size * yStrides[axis]!, yStrides[axis]!]);
    const values = backend.values(x) as Walk['values'];
    copyStrided(sizes, { values, offset: 0, strides: from }, { values: y.values, offset: 0, strides: to });
    return y;
  },
};
