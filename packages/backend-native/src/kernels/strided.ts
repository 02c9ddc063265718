import type * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend, NumberType, Output } from '../backend.js';
import { nativeFunctions } from '../native.js';

/** The highest rank that native copies take; a tile needs two axes for each of the tensor's. */
export const highestRank = 8;

/** Elements from one index of an axis to the next, for numbers in row-major order. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = Array.from({ length: shape.length }, () => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Where a walk through an array begins and how far it goes for one step along each axis, in elements. */
export interface Walk {
  values: Float32Array | Int32Array | Uint8Array;
  offset: number;
  strides: readonly number[];
}

/** Copies `sizes` numbers along each axis from one array to another of the same type. */
export function copyStrided(sizes: readonly number[], from: Walk, to: Walk): void {
  const native = nativeFunctions();
  native.copyStrided(sizes, from.values, from.offset, from.strides, to.values, to.offset, to.strides);
}

/** A new tensor with the axes of `x` in the order `permutation`. `x` is a float32, int32 or bool tensor of rank ≤ 8. */
export function transposed(
  backend: NativeBackend,
  x: tf.TensorInfo,
  permutation: readonly number[],
): Output<NumberType> {
  const y = backend.allocate(
    permutation.map((axis) => x.shape[axis]!),
    x.dtype as NumberType,
  );
  const strides = rowMajorStrides(x.shape);
  const from = {
    values: backend.values(x) as Walk['values'],
    offset: 0,
    strides: permutation.map((axis) => strides[axis]!),
  };
  copyStrided(y.shape, from, { values: y.values, offset: 0, strides: rowMajorStrides(y.shape) });
  return y;
}
