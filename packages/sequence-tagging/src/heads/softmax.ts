import { Linear, linearCrossEntropy } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { TagHead } from '../types.js';
import { decodeChain } from './chain.js';
import type { HeadOptions } from './create-head.js';
import { tidyNumbers } from './tidy-numbers.js';

/**
 * Each tag by itself.
 *
 *   p(tags | x) = Πₜ softmax(hₜ·W + b)[tagₜ]      loss = −Σ weight[tag] · ln p(tag)   over tokens whose tag is known
 *
 * Parameters: `kernel` `[inputSize, tags]`, `bias` `[tags]`.
 *
 * @param weights - `[tag]`; all 1 unless given
 */
export function createSoftmaxHead({
  column,
  inputSize,
  key,
  weights,
}: HeadOptions & { readonly weights: Float32Array | undefined }): TagHead {
  const size = column.tags.size;
  const linear = new Linear({ inputSize, outputSize: size, key });
  const emissions = (hidden: tf.Tensor3D) => linear.apply(hidden) as tf.Tensor3D;
  return {
    column,
    parameters: linear.parameters,
    emissions,
    loss: (hidden, { lengths }, targets) =>
      tf.tidy(() => {
        const rows = targets.length;
        const mask = new Float32Array(rows);
        const known = new Int32Array(rows);
        for (let row = 0; row < rows; row++) {
          const tag = targets[row]!;
          const real = Math.floor(row / lengths.length) < lengths[row % lengths.length]!;
          if (!real || tag < 0) continue;
          known[row] = tag;
          mask[row] = weights?.[tag] ?? 1;
        }
        const tensors = { targets: tf.tensor1d(known, 'int32'), mask: tf.tensor1d(mask) };
        const { kernel, bias } = linear;
        return linearCrossEntropy({ hidden: tf.reshape(hidden, [rows, inputSize]), kernel, bias, ...tensors }).sum;
      }),
    decode: (hidden, { lengths }, options) =>
      tidyNumbers(() => {
        const zeros: tf.Tensor1D = tf.zeros([size]);
        const scores = { emissions: emissions(hidden), transitions: tf.zeros<tf.Rank.R2>([size, size]) };
        return decodeChain({ ...scores, start: zeros, end: zeros }, { ...options, lengths, column });
      }),
  };
}
