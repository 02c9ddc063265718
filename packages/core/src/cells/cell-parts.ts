import * as tf from '@tensorflow/tfjs-core';
import { constant, perBlock, zeros, type Initializer } from '../tensors/initializers.js';
import type { RandomKey } from '../tensors/random.js';

/** First values of a cell's parameters; each has a default. They see the whole kernel: wrap one in `perBlock` per gate. */
export interface CellInitializers {
  /** `[inputSize, gates·hiddenSize]`; Glorot uniform for each gate unless set */
  readonly inputKernel?: Initializer;
  /** `[hiddenSize, gates·hiddenSize]`; orthogonal for each gate unless set */
  readonly recurrentKernel?: Initializer;
  /** `[gates·hiddenSize]`; zeros unless set (an LSTM: `forgetBias` in the forget gate's block) */
  readonly bias?: Initializer;
}

export interface CellOptions {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** of the first values */
  readonly key: RandomKey;
  readonly initializers?: CellInitializers | undefined;
}

/** x·W + b */
export function affine(input: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return tf.add(tf.matMul(input, kernel), bias);
}

/** h as the recurrent product sees it. */
export function maskHidden(h: tf.Tensor2D, recurrentDropoutMask?: tf.Tensor2D): tf.Tensor2D {
  return recurrentDropoutMask ? tf.mul(h, recurrentDropoutMask) : h;
}

/** The blocks that lie side by side in a `[batch, count·hiddenSize]` tensor. */
export function splitGates(tensor: tf.Tensor2D, count: number): tf.Tensor2D[] {
  return tf.split(tensor, count, 1);
}

/** The same initializer for each of `count` gates. */
export function perGate(initializer: Initializer, count: number): Initializer {
  return perBlock(Array.from({ length: count }, () => initializer));
}

/** Zeros, and `forgetBias` in the forget gate's block, so that an LSTM remembers before it has learned to. */
export function forgetGateBias(forgetBias: number): Initializer {
  return perBlock([zeros, constant(forgetBias), zeros, zeros]);
}
