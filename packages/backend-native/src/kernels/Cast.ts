import { Cast } from '@tensorflow/tfjs-core';
import type { NumberType } from '../backend.js';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { numberTypeOf } from './numbers.js';
import type { Walk } from './strided.js';

const known = ['float32-int32', 'int32-float32', 'bool-float32', 'float32-bool'] as const;

/** Always a tensor whose array is of its type, which native kernels need; tfjs' own cast keeps an Int32Array as float32. */
export const castKernel: NativeKernelConfig = {
  kernelName: Cast,
  run: ({ inputs, attrs, backend }) => {
    const x = inputs['x']!;
    if (numberTypeOf(backend, x) === undefined) return undefined;
    const dtype = attrs['dtype'] as NumberType;
    const kind = known.find((name) => name === `${x.dtype}-${dtype}`);
    if (kind === undefined) return undefined;
    const y = backend.allocate(x.shape, dtype);
    nativeFunctions().cast(kind, backend.values(x) as Walk['values'], y.values);
    return y;
  },
};
