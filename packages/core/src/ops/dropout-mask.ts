import * as tf from '@tensorflow/tfjs-core';
import { ConfigError } from '../errors.js';
import { uniform, type RandomKey } from '../tensors/random.js';
import { hasKernel } from './has-kernel.js';
import { DropoutMask } from './kernel-names.js';
import { countPath } from './path-counts.js';

/**
 * A mask that drops with probability `rate`: 0 where `uniform(key) < rate`, otherwise 1 / (1 − rate), so that the
 * expected value is 1. The same bits on every engine.
 *
 * @param shape - of the mask
 * @param offset - numbers of the key that come before these: rows of a longer mask have its numbers
 * @throws {ConfigError} `config/dropout` for another rate
 */
export function dropoutMask(
  shape: readonly number[],
  { rate, key, offset = 0 }: { readonly rate: number; readonly key: RandomKey; readonly offset?: number },
): tf.Tensor {
  if (!(rate >= 0 && rate < 1))
    throw new ConfigError('config/dropout', `a dropout rate must be 0 ≤ rate < 1, got ${rate}`);
  if (hasKernel(DropoutMask)) {
    countPath(DropoutMask, 'fused');
    return tf.engine().runKernel(DropoutMask, {}, { shape: [...shape], rate, key: [...key], offset });
  }
  countPath(DropoutMask, 'steps');
  const scale = 1 / (1 - rate);
  const values = uniform(key, tf.util.sizeFromShape([...shape]), offset);
  for (let i = 0; i < values.length; i++) values[i] = values[i]! >= rate ? scale : 0;
  return tf.tensor(values, [...shape], 'float32');
}
