import * as tf from '@tensorflow/tfjs-core';
import { runFusedOperation } from './fused-operation.js';
import { hasKernel } from './has-kernel.js';
import { NormalizeBatch, NormalizeBatchGrad } from './batch-norm-kernel.js';
import { countPath } from './path-counts.js';

export interface BatchNormTensors<T extends tf.Tensor = tf.Tensor> {
  /** `[…, size]` */
  readonly input: T;
  /** 1 = real, 0 = padding, of a shape that broadcasts to the input's; all are real without */
  readonly mask: tf.Tensor | undefined;
  /** `[size]` */
  readonly scale: tf.Tensor1D;
  readonly offset: tf.Tensor1D;
}

export interface NormalizedBatch<T extends tf.Tensor> {
  readonly output: T;
  /** of the real positions, `[size]`; no gradient runs through them */
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/** (x − μ) / √(σ² + ε) ⊙ scale + offset with the batch's own statistics. Part of a tidy of the caller. */
export function normalizeBatch<T extends tf.Tensor>(
  { input, mask, scale, offset }: BatchNormTensors<T>,
  epsilon: number,
): NormalizedBatch<T> {
  const axes = input.shape.slice(0, -1).map((_, axis) => axis);
  const real: tf.Tensor = mask ?? tf.ones(input.shape.map(() => 1));
  // A masked position stands for all positions of the input that it is broadcast over.
  const repeats = input.size / scale.size / real.size;
  const count = tf.maximum(tf.mul(tf.sum(real), repeats), 1);
  const mean = tf.div<tf.Tensor1D>(tf.sum(tf.mul(input, real), axes), count);
  const centred = tf.sub(input, mean);
  const variance = tf.div<tf.Tensor1D>(tf.sum(tf.mul(tf.square(centred), real), axes), count);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
  return { output: tf.add<T>(tf.mul(normal, scale), offset), mean, variance };
}

/**
 * The same, then the rectifier, and zeros in padding. In one kernel, with its gradient, where the engine has it: one pass over the input for
 * the statistics and one for the output, instead of some ten, and padding is not computed.
 *
 * @returns the caller owns all
 */
export function rectifiedBatchNorm<T extends tf.Tensor>(
  tensors: BatchNormTensors<T>,
  epsilon: number,
): NormalizedBatch<T> {
  const { input, mask, scale, offset } = tensors;
  if (!hasKernel(NormalizeBatch) || !isOfLeadingAxes(mask, input)) {
    countPath(NormalizeBatch, 'steps');
    const { output, ...statistics } = tf.tidy(() => {
      const normal = normalizeBatch(tensors, epsilon);
      const rectified = tf.relu(normal.output);
      return { ...normal, output: mask ? tf.mul<T>(rectified, mask) : rectified };
    });
    return { output, ...statistics };
  }
  countPath(NormalizeBatch, 'fused');
  const inputs = { input, scale, offset };
  const masked = mask && { mask };
  const [output, mean, variance] = runFusedOperation({
    inputs,
    forward: () => {
      const outputs = tf.engine().runKernel<tf.Tensor[]>(NormalizeBatch, { ...inputs, ...masked }, { epsilon });
      return { outputs, saved: [input, scale, offset, outputs[1]!, outputs[2]!, ...(mask ? [mask] : [])] };
    },
    backward: ([dOutput], [x, s, o, m, v, ones]) => {
      const saved = { input: x!, scale: s!, offset: o!, mean: m!, variance: v!, ...(ones && { mask: ones }) };
      return tf.engine().runKernel<tf.Tensor[]>(NormalizeBatchGrad, { ...saved, dOutput: dOutput! }, { epsilon });
    },
  });
  return { output: output as T, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

/** Whether the mask is that of the first axes: `[batch, time, 1, 1]`. */
function isOfLeadingAxes(mask: tf.Tensor | undefined, { shape }: tf.Tensor): boolean {
  if (!mask) return true;
  const own = mask.shape.findLastIndex((size) => size !== 1) + 1;
  return mask.rank === shape.length && mask.shape.slice(0, own).every((size, axis) => size === shape[axis]);
}
