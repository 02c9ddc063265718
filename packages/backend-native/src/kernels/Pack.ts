import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { joined } from './joining.js';
import { sameShape } from './numbers.js';

export const packKernel: NativeKernelConfig = {
  kernelName: tf.Pack,
  run: ({ inputs, attrs, backend }) => {
    const tensors = inputs as unknown as tf.TensorInfo[];
    const first = tensors[0]!;
    // tfjs shares the memory of a single tensor, and refuses tensors that differ.
    if (tensors.length < 2 || tensors.some((x) => x.dtype !== first.dtype || !sameShape(x.shape, first.shape))) {
      return undefined;
    }
    const rank = first.shape.length + 1;
    const axis = attrs['axis'] as number;
    const at = axis < 0 ? axis + rank : axis;
    return joined(backend, tensors, { shape: first.shape.toSpliced(at, 0, tensors.length), at });
  },
};
