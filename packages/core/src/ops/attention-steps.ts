import * as tf from '@tensorflow/tfjs-core';
import { maskFromLengths } from '../sequences/lengths.js';
import type { AttentionResult, AttentionTensors } from './attention-tensors.js';
import type { SoftAttentionAttributes } from './kernel-names.js';

/** The readable path: what the kernel must equal. */
export function readableAttention(tensors: AttentionTensors, attributes: SoftAttentionAttributes): AttentionResult {
  return tf.tidy(() => {
    const { values, scoreBias, lengths } = tensors;
    const [sourceTime, batch] = values.shape;
    const plain = attributes.score === 'additive' ? additiveScores(tensors) : dotScores(tensors, attributes.scale);
    const scores = scoreBias ? tf.add(plain, scoreBias) : plain;
    const mask = lengths ? tf.reshape(maskFromLengths(lengths, sourceTime), [1, batch, sourceTime]) : undefined;
    const weights = softmaxOfPermitted(
      mask ? tf.where(tf.cast(tf.broadcastTo(mask, scores.shape), 'bool'), scores, -Infinity) : scores,
    );
    const context: tf.Tensor3D = tf.matMul(tf.transpose(weights, [1, 0, 2]), tf.transpose(values, [1, 0, 2]));
    return { context: tf.transpose(context, [1, 0, 2]), weights: weights as tf.Tensor3D };
  });
}

/** v·tanh(q + k): `[queries, batch, sourceTime]` */
function additiveScores({ query, keys, scoreVector }: AttentionTensors): tf.Tensor3D {
  const hidden = tf.tanh(tf.add(tf.expandDims(query, 2), tf.expandDims(tf.transpose(keys, [1, 0, 2]), 0)));
  return tf.sum(tf.mul(hidden, scoreVector!), -1);
}

/** scale · (q·k): `[queries, batch, sourceTime]` */
function dotScores({ query, keys }: AttentionTensors, scale: number): tf.Tensor3D {
  const products = tf.matMul(tf.transpose(query, [1, 0, 2]), tf.transpose(keys, [1, 0, 2]), false, true);
  return tf.mul(tf.transpose(products, [1, 0, 2]), scale);
}

/**
 * Softmax over the last axis in which a score of −Infinity has weight 0, and a row of nothing else is 0 and has no gradient.
 *
 *   a = exp(e − max e) / Σ exp(e − max e)      de = a ⊙ (da − Σ a ⊙ da)
 */
const softmaxOfPermitted = tf.customGrad((scores, save) => {
  const maximum = tf.max(scores as tf.Tensor, -1, true);
  const shift = tf.where(tf.equal(maximum, -Infinity), tf.zerosLike(maximum), maximum);
  const exponentials = tf.exp(tf.sub(scores as tf.Tensor, shift));
  const sums = tf.sum(exponentials, -1, true);
  const value = tf.divNoNan(exponentials, sums);
  (save as (tensors: tf.Tensor[]) => void)([value]);
  return {
    value,
    gradFunc: (dWeights: tf.Tensor, [weights]: tf.Tensor[]) => {
      const slope = tf.mul(weights!, dWeights);
      return tf.sub(slope, tf.mul(weights!, tf.sum(slope, -1, true)));
    },
  };
});
