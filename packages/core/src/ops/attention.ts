import * as tf from '@tensorflow/tfjs-core';
import { readableAttention } from './attention-steps.js';
import {
  checkAttentionTensors,
  type AttentionOptions,
  type AttentionResult,
  type AttentionTensors,
} from './attention-tensors.js';
import { runFusedOperation } from './fused-operation.js';
import { hasKernel } from './has-kernel.js';
import { SoftAttention, SoftAttentionGrad, type SoftAttentionAttributes } from './kernel-names.js';
import { countPath } from './path-counts.js';

/**
 * Attention: each query compares itself with the keys of its sentence and reads the mean of the values, weighted by how well
 * they fit.
 *
 *   additive: e_s = v·tanh(q + k_s) + bias_s          dot: e_s = scale · (q·k_s) + bias_s
 *   a = softmax(e)                                    context = Σ_s a_s · values_s
 *
 * Linear maps of query and values into keys are the caller's (`Attention` has them). A sentence of which every place is forbidden,
 * or of length 0, has weights and context of 0 and no gradient: neither is NaN. Gradients go to query, keys, values, scoreVector
 * and scoreBias, from both results. One kernel where the engine has it: tanh(q + k) is never kept, and the products of many
 * queries are matrix products of each sentence.
 *
 * @returns both results; the caller owns them
 * @throws {ShapeError} `shape/mismatch`, `shape/type`, `shape/range` for a length that does not fit
 *
 * @see Bahdanau, Cho & Bengio 2015 (additive); Luong, Pham & Manning 2015 (dot)
 */
export function attention(tensors: AttentionTensors, { score, scale = 1 }: AttentionOptions): AttentionResult {
  checkAttentionTensors(tensors, score);
  if (!hasKernel(SoftAttention)) {
    countPath(SoftAttention, 'steps');
    return readableAttention(tensors, { score, scale });
  }
  countPath(SoftAttention, 'fused');
  return fusedAttention(tensors, { score, scale });
}

type Given = Readonly<Record<string, tf.Tensor>>;

function fusedAttention(tensors: AttentionTensors, attributes: SoftAttentionAttributes): AttentionResult {
  const attrs = { ...attributes };
  const { query, keys, values, scoreVector, scoreBias, lengths } = tensors;
  const inputs: Given = {
    query,
    keys,
    values,
    ...(scoreVector && { scoreVector }),
    ...(scoreBias && { scoreBias }),
  };
  const others: Given = lengths ? { lengths } : {};
  const names = [...Object.keys(inputs), ...Object.keys(others)];
  const [context, weights] = runFusedOperation({
    inputs,
    forward: () => {
      const given = { ...inputs, ...others };
      const outputs = tf.engine().runKernel<tf.Tensor[]>(SoftAttention, given, attrs);
      return { outputs, saved: [...Object.values(given), outputs[1]!] };
    },
    backward: ([dContext, dWeights], saved) => {
      const given = Object.fromEntries(names.map((name, i) => [name, saved[i]!]));
      const results = { weights: saved.at(-1)!, dContext: dContext!, dWeights: dWeights! };
      return tf.engine().runKernel<tf.Tensor[]>(SoftAttentionGrad, { ...given, ...results }, attrs);
    },
  });
  return { context: context as tf.Tensor3D, weights: weights as tf.Tensor3D };
}
