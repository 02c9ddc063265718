import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { arrayOf, float32Of, sameShape } from './numbers.js';

/** The condition has the shape of t and e, or their first axis alone. */
export const selectKernel: NativeKernelConfig = {
  kernelName: tf.Select,
  run: ({ inputs, backend }) => {
    const [condition, t, e] = [inputs['condition']!, inputs['t']!, inputs['e']!];
    const [chosen, yes, no] = [arrayOf(backend, condition, 'bool'), float32Of(backend, t), float32Of(backend, e)];
    if (chosen === undefined || yes === undefined || no === undefined || !sameShape(t.shape, e.shape)) return undefined;
    const byRow = condition.shape.length === 1 && condition.shape[0] === t.shape[0];
    if (!byRow && !sameShape(condition.shape, t.shape)) return undefined;
    const y = backend.allocate(t.shape, 'float32');
    nativeFunctions().select(chosen, yes, no, y.values);
    return y;
  },
};
