import { LinearCrossEntropy, type LinearCrossEntropyAttributes } from '@unroll/core';
import type { TensorFlowKernel } from '../kernel.js';
import type { TensorOps, Value } from '../tensor-ops.js';
import { scaled } from './update-rules.js';

interface Inputs {
  readonly hidden: Value;
  readonly kernel: Value;
  readonly bias?: Value | undefined;
  readonly targets: Value;
  readonly mask?: Value | undefined;
}

/**
 * One product, then log p = LogSoftmax, of which both the loss and the gradient in the logits come:
 *
 *   loss = −Σᵥ qᵥ · log pᵥ      d loss / d logits = p − q      q = (1 − ε)·onehot(target) + ε / V
 *
 * TensorFlow's SparseSoftmaxCrossEntropyWithLogits is the same and takes a third longer.
 */
export const linearCrossEntropy: TensorFlowKernel<Inputs, LinearCrossEntropyAttributes> = {
  kernelName: LinearCrossEntropy,
  run: (ops, { hidden, kernel, bias, targets, mask }, { labelSmoothing, transposeKernel, withGradient }) => {
    const product = ops.matMul(hidden, kernel, { transposeColumns: transposeKernel });
    const logP = ops.run('LogSoftmax', [bias ? ops.run('BiasAdd', [product, bias]) : product]);
    const [rows, vocabularySize] = logP.shape as [number, number];
    const places = placesOf(ops, targets);
    const share = { target: 1 - labelSmoothing, every: labelSmoothing / vocabularySize };
    const ofTarget = scaled(ops, ops.run('GatherNd', [logP, places]), -share.target);
    const perRow = share.every > 0 ? ops.subtract(ofTarget, scaled(ops, ops.sum(logP, [1]), share.every)) : ofTarget;
    const losses = mask ? ops.multiply(perRow, mask) : perRow;
    const count = mask ? ops.sum(mask, [0]) : ops.scalar(rows);
    const results = [losses, ops.sum(losses, [0]), count];
    if (!withGradient) return results;
    const p = ops.run('Exp', [logP]);
    const withoutShare = share.every > 0 ? ops.subtract(p, ops.scalar(share.every)) : p;
    const perLogit = ops.run('TensorScatterSub', [
      withoutShare,
      places,
      ops.run('Fill', [ops.integers([rows]), ops.scalar(share.target)]),
    ]);
    const dLogits = mask ? ops.multiply(perLogit, ops.reshape(mask, [rows, 1])) : perLogit;
    const dKernel = transposeKernel
      ? ops.matMul(dLogits, hidden, { transposeRows: true })
      : ops.matMul(hidden, dLogits, { transposeRows: true });
    const dHidden = ops.matMul(dLogits, kernel, { transposeColumns: !transposeKernel });
    return [...results, dHidden, dKernel, ...(bias ? [ops.sumRows(dLogits)] : [])];
  },
};

/** `[N, 2]`: row and target of each. */
function placesOf(ops: TensorOps, targets: Value): Value {
  const columns = ops.read(targets);
  return ops.integers(
    Int32Array.from({ length: 2 * columns.length }, (_, i) => (i % 2 === 0 ? i / 2 : columns[(i - 1) / 2]!)),
    [columns.length, 2],
  );
}
