import { Linear } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { TagHead, TagSequence } from '../types.js';
import type { HeadOptions } from './create-head.js';
import { tidyNumbers } from './tidy-numbers.js';

/**
 * Several labels a token, each by itself there or not.
 *
 *   p(label | x) = σ(hₜ·W + b)      loss = −Σ weight · y · ln p + (1 − y) · ln (1 − p)   over labels and real tokens
 *
 * A label is given where p > ½. Parameters: `kernel` `[inputSize, labels]`, `bias` `[labels]`.
 *
 * @param weights - `[label]`, of labels that are there; all 1 unless given
 */
export function createMultiLabelHead({
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
        const [timeSteps, batchSize] = hidden.shape;
        const shape: [number, number, number] = [timeSteps, batchSize, size];
        const { there, absent } = termWeights(targets, { lengths, size, weights });
        const logits = emissions(hidden);
        // −ln σ(z) = softplus(−z) and −ln (1 − σ(z)) = softplus(z), neither of which overflows.
        const ofThere = tf.mul(tf.softplus(tf.neg(logits)), tf.tensor3d(there, shape));
        const ofAbsent = tf.mul(tf.softplus(logits), tf.tensor3d(absent, shape));
        return tf.sum<tf.Scalar>(tf.add(ofThere, ofAbsent));
      }),
    decode: (hidden, { lengths }, options) =>
      tidyNumbers(() => {
        const logits = emissions(hidden).dataSync<'float32'>();
        return Array.from(lengths, (length, row) =>
          decodeRow({ logits, row, length, batchSize: lengths.length, size }, options?.probabilities ?? false),
        );
      }),
  };
}

/** How much each of the two terms of a label counts: one of them, and neither in padding or where the label is not known. */
function termWeights(
  targets: Int32Array,
  { lengths, size, weights }: { lengths: Int32Array; size: number; weights: Float32Array | undefined },
): { there: Float32Array; absent: Float32Array } {
  const there = new Float32Array(targets.length);
  const absent = new Float32Array(targets.length);
  for (let i = 0; i < targets.length; i++) {
    const row = Math.floor(i / size);
    if (Math.floor(row / lengths.length) >= lengths[row % lengths.length]!) continue;
    if (targets[i] === 1) there[i] = weights?.[i % size] ?? 1;
    else if (targets[i] === 0) absent[i] = 1;
  }
  return { there, absent };
}

interface Row {
  /** `[time, batch, labels]` */
  readonly logits: Float32Array;
  readonly row: number;
  readonly length: number;
  readonly batchSize: number;
  readonly size: number;
}

function decodeRow({ logits, row, length, batchSize, size }: Row, probabilities: boolean): TagSequence {
  const ids = new Int32Array(length * size);
  const marginals = new Float64Array(probabilities ? length * size : 0);
  for (let t = 0; t < length; t++) {
    for (let label = 0; label < size; label++) {
      const logit = logits[(t * batchSize + row) * size + label]!;
      ids[t * size + label] = logit > 0 ? 1 : 0;
      if (probabilities) marginals[t * size + label] = 1 / (1 + Math.exp(-logit));
    }
  }
  return probabilities ? { ids, marginals } : { ids };
}
