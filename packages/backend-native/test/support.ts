import * as tf from '@tensorflow/tfjs-core';
import { kernelRuns, resetKernelRuns } from '@unroll/backend-native';
import { expectClose, tolerances, type Tolerance } from '@unroll/core/testing';
import * as fc from 'fast-check';
import { expect } from 'vitest';

/** The result's numbers, independent of backend and lifetime. */
export interface Snapshot {
  dtype: string;
  shape: number[];
  values: Float32Array | Int32Array | Uint8Array;
}

/** Shapes as fast-check gives them. */
export const fixedShapes = (...shapes: number[][]): fc.Arbitrary<number[]> => fc.constantFrom(...shapes);

export type Computation = () => tf.Tensor | tf.Tensor[];

/** Runs `compute` on a backend, which stays selected, and frees every tensor it made. */
export function computeOn(backendName: 'native' | 'cpu', compute: Computation): Snapshot[] {
  void tf.setBackend(backendName); // both start at once
  // tfjs' plain JavaScript backend would print an advertisement for another one at its first use.
  if (backendName === 'cpu') (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  return tf.tidy(() =>
    [compute()].flat().map((tensor) => ({ dtype: tensor.dtype, shape: tensor.shape, values: tensor.dataSync() })),
  );
}

/**
 * The native kernel gives what tfjs' plain JavaScript gives, and it was the native kernel that ran.
 *
 * @param kernelName - must have run natively at least once, and never as a fallback
 */
export function expectParity(
  kernelName: string,
  compute: Computation,
  tolerance: Tolerance = tolerances.forward,
): void {
  const expected = computeOn('cpu', compute);
  resetKernelRuns();
  const actual = computeOn('native', compute);
  expect(kernelRuns()[kernelName], `runs of ${kernelName}`).toMatchObject({ fallback: 0 });
  expect(actual.map(({ dtype }) => dtype)).toEqual(expected.map(({ dtype }) => dtype));
  for (const [i, result] of actual.entries()) {
    expectClose(result, expected[i]!, { ...tolerance, name: kernelName });
  }
}

/** Distinct irregular numbers in (-scale, scale), the same for the same seed. */
export function irregular(shape: readonly number[], seed: number, scale = 2): tf.Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Float32Array.from({ length: size }, (_, i) => scale * Math.sin(1 + seed * 0.7391 + i * 1.6180339887));
  return tf.tensor(values, [...shape], 'float32');
}

/** Whole numbers 0 … below. */
export function wholeNumbers(shape: readonly number[], seed: number, below: number): tf.Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Int32Array.from({ length: size }, (_, i) => Math.floor(((seed % 977) + i * 7919) % below));
  return tf.tensor(values, [...shape], 'int32');
}

/** Ones and zeros of type bool. */
export function booleans(shape: readonly number[], seed: number): tf.Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Uint8Array.from({ length: size }, (_, i) => (Math.sin(seed + i * 2.399963) > 0 ? 1 : 0));
  return tf.tensor(values, [...shape], 'bool');
}

/** A tensor of one number. */
export function constant(shape: readonly number[], value: number): tf.Tensor {
  return tf.tidy(() => tf.mul(tf.ones([...shape]), value));
}
