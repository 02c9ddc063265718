import type { TensorInfo } from '@tensorflow/tfjs-core';

export const NormalizeBatch = 'NormalizeBatch';
export const NormalizeBatchGrad = 'NormalizeBatchGrad';

/**
 * Batch normalisation in training with a rectifier behind it; `rectifiedBatchNorm` has the equations. Outputs: y like the input, mean and variance `[C]`.
 *
 * The gradient kernel gets mean, variance and dOutput besides, and gives the gradients of input, scale and offset, in this order.
 */
export interface NormalizeBatchInputs {
  /** `[…, C]` */
  input: TensorInfo;
  /** as many numbers as the input's first axes have places, 0 = padding */
  mask?: TensorInfo;
  /** `[C]` */
  scale: TensorInfo;
  offset: TensorInfo;
}
export interface NormalizeBatchAttributes {
  epsilon: number;
}
