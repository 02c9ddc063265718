import { LinearCrossEntropy, type LinearCrossEntropyAttributes } from '@unroll/core';
import type { TensorFlowKernel } from '../kernel.js';
import type { TensorOps, Value } from '../tensor-ops.js';

interface Inputs {
  readonly hidden: Value;
  readonly kernel: Value;
  readonly bias?: Value | undefined;
  readonly targets: Value;
  readonly mask?: Value | undefined;
}

/** Loss and gradient in the logits `[N, V]` come from one op of TensorFlow; that of plain targets needs no one-hot table. */
export const linearCrossEntropy: TensorFlowKernel<Inputs, LinearCrossEntropyAttributes> = {
  kernelName: LinearCrossEntropy,
  run: (ops, { hidden, kernel, bias, targets, mask }, { labelSmoothing, transposeKernel, withGradient }) => {
    const product = ops.matMul(hidden, kernel, { transposeColumns: transposeKernel });
    const logits = bias ? ops.run('BiasAdd', [product, bias]) : product;
    const [perRow, perLogit] = softmaxCrossEntropy(ops, { logits, targets, labelSmoothing });
    const losses = mask ? ops.multiply(perRow!, mask) : perRow!;
    const count = mask ? ops.sum(mask, [0]) : ops.scalar(targets.shape[0]!);
    const results = [losses, ops.sum(losses, [0]), count];
    if (!withGradient) return results;
    const dLogits = mask ? ops.multiply(perLogit!, ops.reshape(mask, [mask.shape[0]!, 1])) : perLogit!;
    const dKernel = transposeKernel
      ? ops.matMul(dLogits, hidden, { transposeRows: true })
      : ops.matMul(hidden, dLogits, { transposeRows: true });
    const dHidden = ops.matMul(dLogits, kernel, { transposeColumns: !transposeKernel });
    return [...results, dHidden, dKernel, ...(bias ? [ops.sumRows(dLogits)] : [])];
  },
};

function softmaxCrossEntropy(
  ops: TensorOps,
  { logits, targets, labelSmoothing }: { logits: Value; targets: Value; labelSmoothing: number },
): Value[] {
  if (labelSmoothing === 0) return ops.runAll('SparseSoftmaxCrossEntropyWithLogits', [logits, targets], { outputs: 2 });
  const vocabularySize = logits.shape[1]!;
  const rest = labelSmoothing / vocabularySize;
  const values = [ops.integers([vocabularySize], []), ops.scalar(1 - labelSmoothing + rest), ops.scalar(rest)];
  const wanted = ops.run('OneHot', [targets, ...values]);
  return ops.runAll('SoftmaxCrossEntropyWithLogits', [logits, wanted], { outputs: 2 });
}
