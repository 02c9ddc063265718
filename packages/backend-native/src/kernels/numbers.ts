import type * as tf from '@tensorflow/tfjs-core';
import type { ArrayOf, NativeBackend, NumberType } from '../backend.js';

const constructors = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * A tensor's memory if its array is what its type says. tfjs' own kernels sometimes keep a float32 tensor's numbers in
 * an Int32Array (a cast that shares memory); those and strings and complex numbers give undefined.
 */
export function arrayOf<D extends NumberType>(
  backend: NativeBackend,
  tensor: tf.TensorInfo | undefined,
  dtype: D,
): ArrayOf[D] | undefined {
  if (tensor?.dtype !== dtype) return undefined;
  const values = backend.values(tensor);
  return values instanceof constructors[dtype] ? (values as ArrayOf[D]) : undefined;
}

export function float32Of(backend: NativeBackend, tensor: tf.TensorInfo | undefined): Float32Array | undefined {
  return arrayOf(backend, tensor, 'float32');
}

/** The number type of a tensor that native kernels can move. */
export function numberTypeOf(backend: NativeBackend, tensor: tf.TensorInfo): NumberType | undefined {
  const dtype = tensor.dtype;
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') return undefined;
  return arrayOf(backend, tensor, dtype) === undefined ? undefined : dtype;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
