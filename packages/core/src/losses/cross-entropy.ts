import * as tf from '@tensorflow/tfjs-core';
import { ConfigError, UnrollError } from '../errors.js';
import { runFusedOperation } from '../ops/fused-operation.js';
import { hasKernel } from '../ops/has-kernel.js';
import { LinearCrossEntropy, type LinearCrossEntropyAttributes } from '../ops/kernel-names.js';
import { countPath } from '../ops/path-counts.js';
import { assertShape, assertType } from '../tensors/shapes.js';
import { tidy } from '../tensors/tidy.js';

export interface CrossEntropyResult {
  /** `[rows]`, in nats, times the mask: for reports; only `sum` has a gradient */
  readonly losses: tf.Tensor1D;
  /** the sum of `losses` */
  readonly sum: tf.Scalar;
  /** the sum of the mask, or the number of rows without one */
  readonly count: tf.Scalar;
}

export interface CrossEntropyTargets {
  /** int32 `[rows]`, each 0 … vocabularySize − 1 */
  readonly targets: tf.Tensor1D;
  /** float32 `[rows]`: 1 = real, 0 = padding; other values weigh the row */
  readonly mask?: tf.Tensor1D | undefined;
}

export interface LinearCrossEntropyTensors extends CrossEntropyTargets {
  /** `[rows, hiddenSize]` */
  readonly hidden: tf.Tensor2D;
  /** `[hiddenSize, vocabularySize]`, or `[vocabularySize, hiddenSize]` with `transposeKernel` */
  readonly kernel: tf.Tensor2D;
  /** `[vocabularySize]` */
  readonly bias?: tf.Tensor1D | undefined;
}

export interface LabelSmoothing {
  /** ε: the target distribution is (1 − ε)·onehot + ε / V; 0 unless set */
  readonly labelSmoothing?: number | undefined;
}

export interface LinearCrossEntropyOptions extends LabelSmoothing {
  /** the kernel is an embedding's table that is tied to the output; false unless set */
  readonly transposeKernel?: boolean | undefined;
}

/**
 * Softmax cross-entropy of given logits, in nats.
 *
 *   lossₙ = −maskₙ · Σᵥ qₙᵥ · log softmax(logitsₙ)ᵥ,   q = (1 − ε)·onehot(target) + ε / V
 *
 * @param logits - `[rows, vocabularySize]`
 * @returns sum and count, so that averages are taken last; the caller owns all three
 * @throws {ShapeError} `shape/mismatch`, `shape/type`
 */
export function crossEntropy(
  logits: tf.Tensor2D,
  { targets, mask }: CrossEntropyTargets,
  options: LabelSmoothing = {},
): CrossEntropyResult {
  assertShape('logits', logits, { rows: 'any', vocabularySize: 'any' });
  const [rows, vocabularySize] = logits.shape;
  checkTargets({ targets, mask }, rows);
  const labelSmoothing = checkSmoothing(options.labelSmoothing);
  return tidy(() => {
    const onValue = 1 - labelSmoothing + labelSmoothing / vocabularySize;
    const wanted = tf.oneHot(targets, vocabularySize, onValue, labelSmoothing / vocabularySize, 'float32');
    const perRow: tf.Tensor1D = tf.neg(tf.sum(tf.mul(wanted, tf.logSoftmax(logits)), -1));
    const losses: tf.Tensor1D = mask ? tf.mul(perRow, mask) : perRow;
    const count: tf.Scalar = mask ? tf.sum(mask) : tf.scalar(rows);
    const sum: tf.Scalar = tf.sum(losses);
    return { losses: withoutGradient(losses), sum, count };
  });
}

/**
 * Softmax cross-entropy of a linear layer, in nats: `crossEntropy(hidden·kernel + bias, …)`. Where the engine has the
 * fused kernel the logits of all rows never exist at once, and the gradient is made in the forward pass.
 *
 * @returns sum and count; only `sum` has a gradient. The caller owns all three
 * @throws {ShapeError} `shape/mismatch`, `shape/type`
 */
export function linearCrossEntropy(
  tensors: LinearCrossEntropyTensors,
  options: LinearCrossEntropyOptions = {},
): CrossEntropyResult {
  const { hidden, kernel, bias, targets, mask } = tensors;
  const { transposeKernel = false } = options;
  assertShape('hidden', hidden, { rows: 'any', hiddenSize: 'any' });
  const [rows, hiddenSize] = hidden.shape;
  const vocabularySize = kernel.shape[transposeKernel ? 0 : 1] ?? 0;
  if (transposeKernel) assertShape('kernel', kernel, { vocabularySize, hiddenSize });
  else assertShape('kernel', kernel, { hiddenSize, vocabularySize });
  if (bias) assertShape('bias', bias, { vocabularySize });
  checkTargets({ targets, mask }, rows);
  const labelSmoothing = checkSmoothing(options.labelSmoothing);
  return tidy(() => {
    if (hasKernel(LinearCrossEntropy)) return fusedLinearCrossEntropy(tensors, { labelSmoothing, transposeKernel });
    countPath(LinearCrossEntropy, 'steps');
    const product: tf.Tensor2D = tf.matMul(hidden, kernel, false, transposeKernel);
    return crossEntropy(bias ? tf.add(product, bias) : product, { targets, mask }, { labelSmoothing });
  });
}

function fusedLinearCrossEntropy(
  { hidden, kernel, bias, targets, mask }: LinearCrossEntropyTensors,
  options: Omit<LinearCrossEntropyAttributes, 'withGradient'>,
): CrossEntropyResult {
  const inputs: tf.NamedTensorMap = bias ? { hidden, kernel, bias } : { hidden, kernel };
  const allInputs = { ...inputs, targets, ...(mask && { mask }) };
  const withGradient = tf.engine().isTapeOn();
  const [losses, sum, count] = runFusedOperation({
    inputs,
    forward: () => {
      const all = tf.engine().runKernel<tf.Tensor[]>(LinearCrossEntropy, allInputs, { ...options, withGradient });
      return { outputs: all.slice(0, 3), saved: all.slice(3) };
    },
    backward: ([, dSum], gradients) => gradients.map((gradient) => scaled(gradient, dSum as tf.Scalar)),
  }) as [tf.Tensor1D, tf.Scalar, tf.Scalar];
  countPath(LinearCrossEntropy, 'fused');
  return { losses: withoutGradient(losses), sum, count };
}

/**
 * A training step differentiates the sum itself, so the factor is 1 and a pass over the largest gradient of the model
 * can be saved. An engine with this kernel holds numbers in this process' memory: reading one costs nothing.
 */
function scaled(gradient: tf.Tensor, factor: tf.Scalar): tf.Tensor {
  return factor.dataSync()[0] === 1 ? tf.clone(gradient) : tf.mul(gradient, factor);
}

/** Values that may be reported but not differentiated, since the fused kernel keeps the gradient of the sum alone. */
function withoutGradient(losses: tf.Tensor1D): tf.Tensor1D {
  const report = tf.customGrad((values) => ({
    value: tf.clone(values as tf.Tensor1D),
    gradFunc: () => {
      throw new UnrollError(
        'loss/not-differentiable',
        'differentiate `sum`; the losses of single rows are for reports',
      );
    },
  }));
  return report(losses);
}

function checkTargets({ targets, mask }: CrossEntropyTargets, rows: number): void {
  assertShape('targets', targets, { rows });
  assertType('targets', targets, 'int32');
  if (mask) assertShape('mask', mask, { rows });
}

function checkSmoothing(labelSmoothing = 0): number {
  if (labelSmoothing >= 0 && labelSmoothing < 1) return labelSmoothing;
  throw new ConfigError('config/label-smoothing', `labelSmoothing must be 0 ≤ ε < 1, got ${labelSmoothing}`);
}
