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
 * @param rate - 0 ≤ rate < 1
 * @throws {ConfigError} `config/dropout` for another rate
 */
export function dropoutMask(shape: readonly number[], rate: number, key: RandomKey): tf.Tensor {
  if (!(rate >= 0 && rate < 1))
    throw new ConfigError('config/dropout', `a dropout rate must be 0 ≤ rate < 1, got ${rate}`);
  if (hasKernel(DropoutMask)) {
    countPath(DropoutMask, 'fused');
    return tf.engine().runKernel(DropoutMask, {}, { shape: [...shape], rate, key: [...key] });
  }
  countPath(DropoutMask, 'steps');
  const scale = 1 / (1 - rate);
  const values = uniform(key, tf.util.sizeFromShape([...shape]));
  for (let i = 0; i < values.length; i++) values[i] = values[i]! >= rate ? scale : 0;
  return tf.tensor(values, [...shape], 'float32');
}
