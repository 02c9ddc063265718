import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { joined } from './joining.js';

export const concatKernel: NativeKernelConfig = {
  kernelName: tf.Concat,
  run: ({ inputs, attrs, backend }) => {
    const tensors = inputs as unknown as tf.TensorInfo[];
    const axis = tf.util.parseAxisParam(attrs['axis'] as number, tensors[0]!.shape)[0]!;
    const shapes = tensors.map((x) => x.shape);
    tf.backend_util.assertParamsConsistent(shapes, axis);
    const filled = tensors.filter((x) => tf.util.sizeFromShape(x.shape) > 0);
    // tfjs shares memory where one tensor is left, and answers an empty tensor where none is.
    if (filled.length < 2) return undefined;
    return joined(backend, filled, { shape: tf.backend_util.computeOutShape(shapes, axis), at: axis });
  },
};
