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
 * One product z, then p = Softmax(z), of which the gradient comes, and with m = maxᵥ zᵥ the loss as well, since the largest p is never
 * small and its logarithm therefore exact:
 *
 *   log pᵥ = zᵥ − m + log(maxᵥ pᵥ)      loss = −Σᵥ qᵥ · log pᵥ      q = (1 − ε)·onehot(target) + ε / V      d loss / d z = p − q
 *
 * TensorFlow's LogSoftmax and SparseSoftmaxCrossEntropyWithLogits take several times as long as its Softmax.
 */
export const linearCrossEntropy: TensorFlowKernel<Inputs, LinearCrossEntropyAttributes> = {
  kernelName: LinearCrossEntropy,
  run: (ops, { hidden, kernel, bias, targets, mask }, { labelSmoothing, transposeKernel, withGradient }) => {
    const product = ops.matMul(hidden, kernel, { transposeColumns: transposeKernel });
    const logits = bias ? ops.run('BiasAdd', [product, bias]) : product;
    const p = ops.run('Softmax', [logits]);
    const [rows, vocabularySize] = logits.shape as [number, number];
    const places = placesOf(ops, targets);
    const share = { target: 1 - labelSmoothing, every: labelSmoothing / vocabularySize };
    const overVocabulary = ops.integers([1]);
    const maximum = ops.run('Max', [logits, overVocabulary]);
    const logLargest = ops.run('Log', [ops.run('Max', [p, overVocabulary])]);
    const logOf = (ownLogits: Value): Value => ops.add(ops.subtract(ownLogits, maximum), logLargest);
    const ofTarget = scaled(ops, logOf(ops.run('GatherNd', [logits, places])), -share.target);
    const perRow =
      labelSmoothing > 0
        ? ops.subtract(ofTarget, scaled(ops, logOf(ops.run('Mean', [logits, overVocabulary])), labelSmoothing))
        : ofTarget;
    const losses = mask ? ops.multiply(perRow, mask) : perRow;
    const count = mask ? ops.sum(mask, [0]) : ops.scalar(rows);
    const results = [losses, ops.sum(losses, [0]), count];
    if (!withGradient) return results;
    const withoutShare = labelSmoothing > 0 ? ops.subtract(p, ops.scalar(share.every)) : p;
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
