import { Cast } from '@tensorflow/tfjs-core';
import type { NumberType } from '../backend.js';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { numberTypeOf } from './numbers.js';
import type { Walk } from './strided.js';

type Conversion = (x: Walk['values'], y: Walk['values']) => void;

const between =
  (kind: 'float32-int32' | 'int32-float32' | 'bool-float32' | 'float32-bool'): Conversion =>
  (x, y) =>
    nativeFunctions().cast(kind, x, y);

const conversions: Readonly<Record<string, Conversion>> = {
  'float32-int32': between('float32-int32'),
  'int32-float32': between('int32-float32'),
  'bool-float32': between('bool-float32'),
  'float32-bool': between('float32-bool'),
  'bool-int32': (x, y) => y.set(x),
  'int32-bool': (x, y) => x.forEach((value, i) => (y[i] = value === 0 ? 0 : 1)),
};

/** Always a tensor whose array is of its type, which native kernels need; tfjs' own cast keeps an Int32Array as float32. */
export const castKernel: NativeKernelConfig = {
  kernelName: Cast,
  run: ({ inputs, attrs, backend }) => {
    const x = inputs['x']!;
    const dtype = attrs['dtype'] as NumberType;
    if (numberTypeOf(backend, x) === undefined) return undefined;
    if (x.dtype === dtype) {
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype };
    }
    const convert = conversions[`${x.dtype}-${dtype}`];
    if (convert === undefined) return undefined;
    const y = backend.allocate(x.shape, dtype);
    convert(backend.values(x) as Walk['values'], y.values);
    return y;
  },
};
