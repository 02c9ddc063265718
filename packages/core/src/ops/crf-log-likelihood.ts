import * as tf from '@tensorflow/tfjs-core';
import {
  addExpectations,
  forwardScores,
  latticesOf,
  logPartition,
  rowsWith,
  toCrfArrays,
  type CrfArrays,
  type CrfExpectations,
  type Lattice,
} from './crf-lattice.js';
import { checkCrfTags, checkCrfTensors, forbiddenScore, type CrfTensors } from './crf-tensors.js';
import { runFusedOperation } from './fused-operation.js';
import { hasKernel } from './has-kernel.js';
import { CrfLogLikelihood, CrfLogLikelihoodGrad } from './kernel-names.js';
import { countPath } from './path-counts.js';

export interface CrfLikelihoodTensors extends CrfTensors {
  /** int32 `[time, batch]`, −1 where the tag is not known; what stands past a sequence's length is not read */
  readonly tags: tf.Tensor2D;
}

/**
 * Log-likelihood of tags under a linear-chain conditional random field, in nats: for each sequence of length L
 *
 *   score(y) = start(y₀) + Σ_t e_t(y_t) + Σ_{t>0} T(y_{t−1}, y_t) + end(y_{L−1})
 *   ln p(tags | emissions) = ln Σ_{y agrees with tags} e^score(y) − ln Σ_y e^score(y)
 *
 * A tag −1 agrees with every tag, so a sequence of nothing else has 0, and so has one of length 0. `forbiddenScore` tells how
 * scores forbid. The gradient in emissions, transitions, start and end is that of both sums by forward and backward
 * recursion, not by tape through time. One kernel, threads over the batch, where the engine has it.
 *
 * @returns `[batch]`, each at most 0; the caller owns it
 * @throws {ShapeError} `shape/mismatch`, `shape/type`, `shape/range` for a length or tag that does not fit
 *
 * @see Lafferty, McCallum & Pereira 2001; tags that are not known: Tsuboi et al. 2008
 */
export function crfLogLikelihood(tensors: CrfLikelihoodTensors): tf.Tensor1D {
  checkCrfTensors(tensors);
  checkCrfTags(tensors.tags, tensors);
  const { emissions, transitions, start, end, tags, lengths } = tensors;
  const inputs = { emissions, transitions, start, end };
  const fused = hasKernel(CrfLogLikelihood);
  countPath(CrfLogLikelihood, fused ? 'fused' : 'steps');
  const [result] = runFusedOperation({
    inputs,
    forward: () => ({
      outputs: [fused ? runKernel(tensors) : readableLogLikelihood(tensors)],
      saved: [...Object.values(inputs), tags, lengths],
    }),
    backward: ([dLogLikelihood], saved) => {
      const [emissions, transitions, start, end, tags, lengths] = saved as [
        tf.Tensor3D,
        ...[tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D],
      ];
      const all = { emissions, transitions, start, end, tags, lengths };
      return fused ? runGradientKernel(all, dLogLikelihood!) : readableGradient(all, dLogLikelihood!);
    },
  });
  return result as tf.Tensor1D;
}

const named = ({ emissions, transitions, start, end, tags, lengths }: CrfLikelihoodTensors): tf.NamedTensorMap => ({
  emissions,
  transitions,
  start,
  end,
  tags,
  lengths,
});

const runKernel = (tensors: CrfLikelihoodTensors): tf.Tensor =>
  tf.engine().runKernel<tf.Tensor>(CrfLogLikelihood, named(tensors));

const runGradientKernel = (tensors: CrfLikelihoodTensors, dLogLikelihood: tf.Tensor): tf.Tensor[] =>
  tf.engine().runKernel<tf.Tensor[]>(CrfLogLikelihoodGrad, { ...named(tensors), dLogLikelihood });

/** The tags of sequence b. */
function tagsOf(tags: ArrayLike<number>, { batchSize, lengths }: CrfArrays, b: number): Int32Array {
  return Int32Array.from({ length: lengths[b]! }, (_, t) => tags[t * batchSize + b]!);
}

const partitionOf = (lattice: Lattice): number => logPartition(lattice, forwardScores(lattice));

/** The readable path: what the kernel must equal. */
function readableLogLikelihood(tensors: CrfLikelihoodTensors): tf.Tensor1D {
  const arrays = toCrfArrays(tensors);
  const tags = tensors.tags.dataSync();
  const values = latticesOf(arrays).map((lattice, b) => {
    const ofTags = partitionOf(rowsWith(lattice, tagsOf(tags, arrays, b)));
    // rounding may lift the difference above 0
    return ofTags === -Infinity ? forbiddenScore : Math.min(0, ofTags - partitionOf(lattice));
  });
  return tf.tensor1d(values, 'float32');
}

function readableGradient(tensors: CrfLikelihoodTensors, dLogLikelihood: tf.Tensor): tf.Tensor[] {
  const arrays = toCrfArrays(tensors);
  const { batchSize, tagCount } = arrays;
  const [tags, weights] = [tensors.tags.dataSync(), dLogLikelihood.dataSync()];
  const dEmissions = new Float32Array(tensors.emissions.size);
  const sums = {
    transitions: new Float64Array(tagCount * tagCount),
    start: new Float64Array(tagCount),
    end: new Float64Array(tagCount),
  };
  latticesOf(arrays).forEach((lattice, b) => {
    const emissions = new Float64Array(lattice.length * tagCount);
    const expectations: CrfExpectations = { emissions, ...sums };
    const withTags = rowsWith(lattice, tagsOf(tags, arrays, b));
    if (partitionOf(withTags) === -Infinity) return;
    addExpectations(withTags, weights[b]!, expectations);
    addExpectations(lattice, -weights[b]!, expectations);
    emissions.forEach((value, at) => {
      dEmissions[(Math.floor(at / tagCount) * batchSize + b) * tagCount + (at % tagCount)] = value;
    });
  });
  return [
    tf.tensor(dEmissions, tensors.emissions.shape),
    tf.tensor(Float32Array.from(sums.transitions), [tagCount, tagCount]),
    tf.tensor(Float32Array.from(sums.start), [tagCount]),
    tf.tensor(Float32Array.from(sums.end), [tagCount]),
  ];
}
