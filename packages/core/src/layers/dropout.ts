import * as tf from '@tensorflow/tfjs-core';
import { dropoutMask } from '../ops/dropout-mask.js';
import type { RandomKey } from '../tensors/random.js';
import { assertShape } from '../tensors/shapes.js';

export interface DropoutOptions {
  /** probability that a number becomes 0: 0 ≤ rate < 1 */
  readonly rate: number;
  /** of this mask; absent in evaluation, when nothing is dropped */
  readonly key?: RandomKey | undefined;
  /** rows along the first axis that came before in the sequence that this is a piece of; 0 unless set */
  readonly firstStep?: number | undefined;
}

/**
 * Drops each number by itself and scales the rest by 1 / (1 − rate).
 *
 * @param input - any shape
 * @returns the same shape; the caller owns it
 * @throws {ConfigError} `config/dropout` for a rate outside [0, 1)
 *
 * @see Srivastava et al. 2014
 */
export function dropout<T extends tf.Tensor>(input: T, { rate, key, firstStep = 0 }: DropoutOptions): T {
  if (!key || rate === 0) return tf.clone(input);
  const offset = firstStep * tf.util.sizeFromShape(input.shape.slice(1));
  return tf.tidy(() => tf.mul(input, dropoutMask(input.shape, { rate, key, offset })));
}

/**
 * Dropout with one mask for all time steps of a sequence.
 *
 * @param input - `[time, batch, features]`
 * @throws {ConfigError} `config/dropout` for a rate outside [0, 1)
 *
 * @see Gal & Ghahramani 2016
 */
export function lockedDropout(input: tf.Tensor3D, { rate, key }: DropoutOptions): tf.Tensor3D {
  assertShape('input', input, { time: 'any', batch: 'any', features: 'any' });
  if (!key || rate === 0) return tf.clone(input);
  return tf.tidy(() => tf.mul(input, dropoutMask([input.shape[1], input.shape[2]], { rate, key })));
}
