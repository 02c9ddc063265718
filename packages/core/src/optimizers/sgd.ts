import * as tf from '@tensorflow/tfjs-core';
import type { RuleStep } from './update.js';

/** w′ = w − η·g */
export const sgd: RuleStep = (weights, gradient, { learningRate }) => ({
  weights: tf.sub(weights, tf.mul(gradient, learningRate)),
  slots: [],
});

/**
 * v′ = μ·v + g; w′ = w − η·v′, or with Nesterov's look-ahead w′ = w − η·(g + μ·v′)
 *
 * @see Sutskever et al. 2013, in PyTorch's form: the learning rate multiplies the velocity, not the gradient in it
 */
export function momentum(rule: { momentum: number; nesterov: boolean }): RuleStep {
  return (weights, gradient, { learningRate, slots: [velocity] }) => {
    const next = tf.add(tf.mul(velocity!, rule.momentum), gradient);
    const direction = rule.nesterov ? tf.add(gradient, tf.mul(next, rule.momentum)) : next;
    return { weights: tf.sub(weights, tf.mul(direction, learningRate)), slots: [next] };
  };
}
