import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerRule } from '../ops/kernel-names.js';
import { adam } from './adam.js';
import { clipByGlobalNorm, clipByValue, globalNorm } from './clip-gradients.js';
import { denseGradient } from './gradient.js';
import { rmsprop } from './rmsprop.js';
import { momentum, sgd } from './sgd.js';
import type { OptimizedParameter, RuleStep, Update } from './update.js';

/**
 * One update as it reads: scale, clip by norm, clip by value, regularise, decay, the rule, the max-norm constraint.
 * `OptimizerStep` does the same in one pass.
 *
 * @returns the gradient norm before clipping; if it is not finite, nothing was changed
 */
export function applyReadable(update: Update): number {
  return tf.tidy(() => {
    const { clipNorm, clipValue, gradientScale, parameters } = update;
    const dense = update.gradients.map((gradient, i) => denseGradient(gradient, parameters[i]!.variable.shape));
    const scaled = dense.map((gradient) => tf.mul(gradient, gradientScale));
    const norm = globalNorm(scaled);
    if (!Number.isFinite(norm)) return norm;
    const byNorm = clipNorm > 0 ? clipByGlobalNorm(scaled, clipNorm, norm) : scaled;
    const clipped = clipValue > 0 ? clipByValue(byNorm, clipValue) : byNorm;
    const rule = ruleStep(update.rule);
    parameters.forEach((parameter, i) => updateParameter(parameter, clipped[i]!, { rule, update }));
    return norm;
  });
}

function updateParameter(
  { variable, slots, settings }: OptimizedParameter,
  gradient: tf.Tensor,
  { rule, update }: { rule: RuleStep; update: Update },
): void {
  const learningRate = update.learningRate * settings.learningRateScale;
  const penalised = addPenalties(variable, gradient, settings);
  const decayed = settings.weightDecay > 0 ? tf.mul(variable, 1 - learningRate * settings.weightDecay) : variable;
  const next = rule(decayed, penalised, { learningRate, step: update.step, slots });
  const limited = settings.maxNorm > 0 ? limitColumns(next.weights, settings.maxNorm) : next.weights;
  variable.assign(limited);
  slots.forEach((slot, i) => slot.assign(next.slots[i]!));
}

/** g + l1·sign(w) + l2·w */
function addPenalties(weights: tf.Tensor, gradient: tf.Tensor, { l1, l2 }: { l1: number; l2: number }): tf.Tensor {
  const withL1 = l1 > 0 ? tf.add(gradient, tf.mul(tf.sign(weights), l1)) : gradient;
  return l2 > 0 ? tf.add(withL1, tf.mul(weights, l2)) : withL1;
}

/**
 * Columns of a kernel `[…, units]` whose norm exceeds `maxNorm` are scaled down to it; a vector has none.
 *
 * @see Srivastava et al. 2014, section 5.1
 */
function limitColumns(weights: tf.Tensor, maxNorm: number): tf.Tensor {
  if (weights.rank < 2) return weights;
  const inputs = weights.shape.map((_, axis) => axis).slice(0, -1);
  const norms = tf.sqrt(tf.sum(tf.square(weights), inputs, true));
  return tf.mul(weights, tf.div(maxNorm, tf.maximum(norms, maxNorm)));
}

function ruleStep(rule: OptimizerRule): RuleStep {
  switch (rule.name) {
    case 'sgd':
      return sgd;
    case 'momentum':
      return momentum(rule);
    case 'rmsprop':
      return rmsprop(rule);
    case 'adam':
      return adam(rule);
  }
}
