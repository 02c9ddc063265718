import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { arrayOf, numberTypeOf } from './numbers.js';
import type { Walk } from './strided.js';

export const gatherV2Kernel: NativeKernelConfig = {
  kernelName: tf.GatherV2,
  run: ({ inputs, attrs, backend }) => {
    const [x, indices] = [inputs['x'] as tf.Tensor, inputs['indices'] as tf.Tensor];
    const dtype = numberTypeOf(backend, x);
    const positions = arrayOf(backend, indices, 'int32');
    if (dtype === undefined || positions === undefined) return undefined;
    const axis = tf.util.parseAxisParam(attrs['axis'] as number, x.shape)[0]!;
    const batchDims = (attrs['batchDims'] as number | undefined) ?? 0;
    const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
    const values = backend.values(x) as Walk['values'];
    const y = backend.allocate(info.outputShape, dtype);
    const { batchSize, outerSize, dimSize, sliceSize } = info;
    nativeFunctions().gather(batchSize, outerSize, dimSize, sliceSize, values, positions, y.values);
    return y;
  },
};
