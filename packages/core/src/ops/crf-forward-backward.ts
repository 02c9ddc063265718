import * as tf from '@tensorflow/tfjs-core';
import { backwardScores, forwardScores, latticesOf, logPartition, toCrfArrays } from './crf-lattice.js';
import { checkCrfTensors, type CrfTensors } from './crf-tensors.js';
import { hasKernel } from './has-kernel.js';
import { CrfForwardBackward } from './kernel-names.js';
import { countPath } from './path-counts.js';

export interface CrfForwardBackwardResult {
  /** `[time, batch, tags]`: p(tag of this step | emissions); 0 past a sequence's length */
  readonly marginals: tf.Tensor3D;
  /** `[time, batch, tags]`: α, in nats; −∞ where nothing permitted leads, 0 past a sequence's length */
  readonly forward: tf.Tensor3D;
  /** `[time, batch, tags]`: β, in nats; −∞ where nothing permitted follows, 0 past a sequence's length */
  readonly backward: tf.Tensor3D;
  /** `[batch]`: ln Z, in nats; 0 for length 0, −∞ if every row of tags is forbidden */
  readonly logPartition: tf.Tensor1D;
}

/**
 * What a linear-chain conditional random field says of every tag, in the log domain. α holds the emission of its own step,
 * β does not:
 *
 *   α₀(j) = start(j) + e₀(j)     α_t(j) = e_t(j) + ln Σᵢ exp(α_{t−1}(i) + T(i, j))
 *   β_{L−1}(i) = end(i)          β_t(i) = ln Σⱼ exp(T(i, j) + e_{t+1}(j) + β_{t+1}(j))
 *   ln Z = ln Σⱼ exp(α_{L−1}(j) + end(j))     p(y_t = j) = exp(α_t(j) + β_t(j) − ln Z)
 *
 * So the probability that steps m … n have the tags y_m … y_n is
 *
 *   exp(α_m(y_m) + Σ_{t=m+1…n} (T(y_{t−1}, y_t) + e_t(y_t)) + β_n(y_n) − ln Z)
 *
 * α, β and ln Z grow with the length, and float32 has seven digits: differences of a long sequence's are less exact than its
 * marginals, which are computed before rounding.
 *
 * @returns all of it without a gradient; the caller owns the tensors
 * @throws {ShapeError} `shape/mismatch`, `shape/type`, `shape/range` for a length that does not fit
 *
 * @see Rabiner 1989, section III.A; Sutton & McCallum 2012, section 4.1
 */
export function crfForwardBackward(tensors: CrfTensors): CrfForwardBackwardResult {
  checkCrfTensors(tensors);
  const fused = hasKernel(CrfForwardBackward);
  countPath(CrfForwardBackward, fused ? 'fused' : 'steps');
  return fused ? runKernel(tensors) : readableForwardBackward(tensors);
}

function runKernel({ emissions, transitions, start, end, lengths }: CrfTensors): CrfForwardBackwardResult {
  const inputs = { emissions, transitions, start, end, lengths };
  const [marginals, forward, backward, partition] = tf.engine().runKernel<tf.Tensor[]>(CrfForwardBackward, inputs);
  return {
    marginals: marginals as tf.Tensor3D,
    forward: forward as tf.Tensor3D,
    backward: backward as tf.Tensor3D,
    logPartition: partition as tf.Tensor1D,
  };
}

/** The readable path: what the kernel must equal. */
function readableForwardBackward(tensors: CrfTensors): CrfForwardBackwardResult {
  const arrays = toCrfArrays(tensors);
  const { timeSteps, batchSize, tagCount } = arrays;
  const [marginals, forward, backward] = Array.from({ length: 3 }, () => new Float32Array(tensors.emissions.size));
  const partitions = latticesOf(arrays).map((lattice, b) => {
    const [alpha, beta] = [forwardScores(lattice), backwardScores(lattice)];
    const logZ = logPartition(lattice, alpha);
    for (let at = 0; at < alpha.length; at++) {
      const to = (Math.floor(at / tagCount) * batchSize + b) * tagCount + (at % tagCount);
      forward![to] = alpha[at]!;
      backward![to] = beta[at]!;
      marginals![to] = logZ === -Infinity ? 0 : Math.exp(alpha[at]! + beta[at]! - logZ);
    }
    return logZ;
  });
  const shape: [number, number, number] = [timeSteps, batchSize, tagCount];
  return {
    marginals: tf.tensor3d(marginals!, shape),
    forward: tf.tensor3d(forward!, shape),
    backward: tf.tensor3d(backward!, shape),
    logPartition: tf.tensor1d(partitions, 'float32'),
  };
}
