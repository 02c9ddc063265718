import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from '../tensors/shapes.js';
import { tidy } from '../tensors/tidy.js';
import { checkCtc, type CtcCall, type CtcOptions } from './ctc-labels.js';
import { ctcBackward, ctcForward, ctcLattice, ctcLogProbability, logSumOf, type CtcLattice } from './ctc-lattice.js';
import { runFusedOperation } from './fused-operation.js';
import { hasKernel } from './has-kernel.js';
import { CtcLoss, CtcLossGrad, type CtcLossAttributes } from './kernel-names.js';
import { countPath } from './path-counts.js';

/**
 * Connectionist temporal classification: −ln of the probability that a network, which says one symbol or the blank in each frame, says
 * the labels. An alignment is what it says frame by frame; it becomes labels when repetitions are one and blanks are dropped.
 *
 *   y = softmax(logits)      p(labels) = Σ over all alignments π of labels of Π_t y_t(π_t)      loss = −ln p(labels)
 *
 * Sums run over forward and backward variables in float64, exact for thousands of frames, and so does the gradient in logits,
 * y_t(k) − p(π_t = k | labels), zeros in padding. Labels that need more frames than there are (`ctcMinimumFrames`) have the loss +∞ and no
 * gradient. No labels: the loss is that of nothing but blanks. One kernel, threads over the batch, where the engine has it.
 *
 * @param logits - `[time, batch, symbols]`, before the softmax
 * @returns `[batch]`, in nats; the caller owns it
 * @throws {ShapeError} `shape/mismatch`, `shape/range` for a length, label or blank that does not fit
 *
 * @see Graves, Fernández, Gomez & Schmidhuber 2006
 */
export function ctcLoss(logits: tf.Tensor3D, { lengths, labels, blank = 0 }: CtcOptions): tf.Tensor1D {
  assertShape('logits', logits, { time: 'any', batch: 'any', symbols: 'any' });
  const given = { lengths, labels, blank };
  checkCtc(logits.shape, given);
  const fused = hasKernel(CtcLoss);
  countPath(CtcLoss, fused ? 'fused' : 'steps');
  const [losses] = tidy(() => (fused ? fusedLoss(logits, given) : readableLoss(logits, given)));
  return losses as tf.Tensor1D;
}

function fusedLoss(logits: tf.Tensor3D, { lengths, labels, blank }: CtcCall): tf.Tensor[] {
  const batchSize = logits.shape[1];
  const most = labels.reduce((longest, { length }) => Math.max(longest, length), 0);
  const padded = new Int32Array(batchSize * most);
  labels.forEach((each, b) => padded.set(Array.from(each), b * most));
  const ids: tf.NamedTensorMap = {
    labels: tf.tensor2d(padded, [batchSize, most], 'int32'),
    labelLengths: tf.tensor1d(
      Int32Array.from(labels, ({ length }) => length),
      'int32',
    ),
    lengths: tf.tensor1d(Int32Array.from(lengths), 'int32'),
  };
  const attributes: CtcLossAttributes = { blank, withGradient: tf.engine().isTapeOn() };
  const attrs = attributes as unknown as tf.NamedAttrMap;
  const names = Object.keys(ids);
  return runFusedOperation({
    inputs: { logits },
    forward: () => {
      const [losses, ...occupancy] = tf.engine().runKernel<tf.Tensor[]>(CtcLoss, { logits, ...ids }, attrs);
      return { outputs: [losses!], saved: [logits, losses!, ...occupancy, ...Object.values(ids)] };
    },
    backward: ([dLosses], [logits, losses, occupancy, ...saved]) => {
      const inputs = { logits: logits!, losses: losses!, occupancy: occupancy!, dLosses: dLosses! };
      const savedIds = Object.fromEntries(names.map((name, i) => [name, saved[i]!]));
      return [tf.engine().runKernel<tf.Tensor>(CtcLossGrad, { ...inputs, ...savedIds }, attrs)];
    },
  });
}

/** The readable path: what the kernels must equal. */
function readableLoss(logits: tf.Tensor3D, options: CtcCall): tf.Tensor[] {
  const latticesOf = (values: ArrayLike<number>): CtcLattice[] => {
    const [, batchSize, symbols] = logits.shape;
    return options.labels.map((labels, b) =>
      ctcLattice(
        { scores: values, from: b * symbols, stride: batchSize * symbols, symbols, length: options.lengths[b]! },
        labels,
        options.blank,
      ),
    );
  };
  return runFusedOperation({
    inputs: { logits },
    forward: () => {
      const values = latticesOf(logits.dataSync()).map(
        (lattice) => 0 - ctcLogProbability(lattice, ctcForward(lattice)),
      );
      return { outputs: [tf.tensor1d(values, 'float32')], saved: [logits] };
    },
    backward: ([dLosses], [logits]) => {
      const values = logits!.dataSync();
      const gradient = new Float32Array(values.length);
      latticesOf(values).forEach((lattice, b) =>
        writeGradient(lattice, {
          ...options,
          b,
          values,
          gradient,
          shape: logits!.shape,
          weight: dLosses!.dataSync()[b]!,
        }),
      );
      return [tf.tensor(gradient, logits!.shape)];
    },
  });
}

interface GradientTarget extends CtcCall {
  readonly b: number;
  readonly values: ArrayLike<number>;
  readonly gradient: Float32Array;
  readonly shape: readonly number[];
  readonly weight: number;
}

/** d loss / d logit_t(k) = y_t(k) − Σ over states s of symbol k of e^(α_t(s) + β_t(s) − ln p), times the weight. */
function writeGradient(lattice: CtcLattice, target: GradientTarget): void {
  const { b, values, gradient, shape, weight, labels, blank } = target;
  const [, batchSize, symbols] = shape as readonly [number, number, number];
  const [alpha, beta] = [ctcForward(lattice), ctcBackward(lattice)];
  const logProbability = ctcLogProbability(lattice, alpha);
  if (logProbability === -Infinity) return;
  for (let t = 0; t < lattice.length; t++) {
    const first = (t * batchSize + b) * symbols;
    const logSum = logSumOf(values, first, first + symbols);
    const row = Float64Array.from({ length: symbols }, (_, k) => Math.exp(values[first + k]! - logSum));
    for (let s = 0; s < lattice.states; s++) {
      const at = t * lattice.states + s;
      const symbol = s % 2 === 1 ? labels[b]![(s - 1) / 2]! : blank;
      row[symbol]! -= Math.exp(alpha[at]! + beta[at]! - logProbability);
    }
    row.forEach((value, k) => (gradient[first + k] = weight * value));
  }
}
