import * as tf from '@tensorflow/tfjs-core';
import type { KernelCall, NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { float32Of } from './numbers.js';

/** Softmax or its logarithm over the last axis; other axes are left to tfjs, which refuses them. */
export function softmaxOf(call: KernelCall, axis: number, logarithm: boolean) {
  const logits = call.inputs['logits']!;
  const x = float32Of(call.backend, logits);
  const rank = logits.shape.length;
  if (x === undefined || rank === 0 || (axis !== -1 && axis !== rank - 1)) return undefined;
  const width = logits.shape[rank - 1]!;
  const y = call.backend.allocate(logits.shape, 'float32');
  nativeFunctions().softmax(tf.util.sizeFromShape(logits.shape.slice(0, -1)), width, logarithm, x, y.values);
  return y;
}

export const softmaxKernel: NativeKernelConfig = {
  kernelName: tf.Softmax,
  run: (call) => softmaxOf(call, call.attrs['dim'] as number, false),
};
