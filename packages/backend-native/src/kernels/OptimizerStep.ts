import { OptimizerStep, type OptimizerRule, type OptimizerStepAttributes, type ParameterUpdate } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';

/** Every number that some rule knows; those of other rules are not read. */
function numbersOf(rule: OptimizerRule) {
  const none = { momentum: 0, nesterov: false, decay: 0, beta1: 0, beta2: 0, epsilon: 0 };
  return { ...none, ...rule };
}

/** One row a parameter, in the order that `optimizerStep` wants. */
function settingsOf(updates: readonly ParameterUpdate[]): Float64Array {
  const rows = updates.map(({ parameter, learningRateScale, l1, l2, weightDecay, maxNorm }) => [
    parameter.shape.at(-1) ?? 1,
    learningRateScale,
    l1,
    l2,
    weightDecay,
    maxNorm,
  ]);
  return Float64Array.from(rows.flat());
}

export const optimizerStepKernel: NativeKernelConfig = {
  kernelName: OptimizerStep,
  run: ({ attrs, backend }) => {
    const attributes = attrs as unknown as OptimizerStepAttributes;
    const { updates, rule, step, learningRate, gradientScale, clipNorm, clipValue } = attributes;
    const { name, momentum, nesterov, decay, beta1, beta2, epsilon } = numbersOf(rule);
    const slots = (i: number) =>
      updates.flatMap((update) => (update.slots[i] ? [backend.writableInPlace(update.slots[i])] : []));
    attributes.result.gradientNorm = nativeFunctions().optimizerStep(
      name,
      momentum,
      nesterov,
      decay,
      beta1,
      beta2,
      epsilon,
      step,
      learningRate,
      gradientScale,
      clipNorm,
      clipValue,
      updates.length,
      settingsOf(updates),
      updates.map(({ parameter }) => backend.writableInPlace(parameter)),
      updates.map(({ gradient }) => backend.floats(gradient)),
      slots(0),
      slots(1),
      updates.map(({ rows }) => (rows ? backend.ints(rows) : null)),
    );
    return [];
  },
};
