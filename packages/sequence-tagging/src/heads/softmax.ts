import { Linear, linearCrossEntropy } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { TagHead, TagSequence } from '../types.js';
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
    decode: (hidden, { lengths }, options = {}) =>
      tidyNumbers(() => {
        const { probabilities = false, nBest = 1 } = options;
        if (!probabilities && nBest === 1) return mostLikely(emissions(hidden), lengths);
        const zeros: tf.Tensor1D = tf.zeros([size]);
        const scores = { emissions: emissions(hidden), transitions: tf.zeros<tf.Rank.R2>([size, size]) };
        return decodeChain({ ...scores, start: zeros, end: zeros }, { ...options, lengths, column });
      }),
  };
}

/** The highest score of each token; of equal ones the first. */
function mostLikely(emissions: tf.Tensor3D, lengths: Int32Array): readonly TagSequence[] {
  const [, batchSize, size] = emissions.shape;
  const scores = emissions.dataSync<'float32'>();
  return Array.from(lengths, (length, row) => {
    const ids = new Int32Array(length);
    for (let t = 0; t < length; t++) {
      const first = (t * batchSize + row) * size;
      let best = 0;
      for (let tag = 1; tag < size; tag++) if (scores[first + tag]! > scores[first + best]!) best = tag;
      ids[t] = best;
    }
    return { ids };
  });
}
