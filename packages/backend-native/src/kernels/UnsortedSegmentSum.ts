import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { arrayOf, float32Of } from './numbers.js';

/** The gradient of a gather: rows of x are added where their segment says. */
export const unsortedSegmentSumKernel: NativeKernelConfig = {
  kernelName: tf.UnsortedSegmentSum,
  run: ({ inputs, attrs, backend }) => {
    const [x, segmentIds] = [inputs['x']!, inputs['segmentIds']!];
    const values = float32Of(backend, x);
    const segments = arrayOf(backend, segmentIds, 'int32');
    const segmentCount = attrs['numSegments'] as number;
    if (values === undefined || segments === undefined || segmentIds.shape.length !== 1) return undefined;
    if (segments.length !== x.shape[0]) return undefined;
    const width = tf.util.sizeFromShape(x.shape.slice(1));
    const y = backend.allocate([segmentCount, ...x.shape.slice(1)], 'float32');
    nativeFunctions().segmentSum(segments.length, width, segmentCount, values, segments, y.values);
    return y;
  },
};
