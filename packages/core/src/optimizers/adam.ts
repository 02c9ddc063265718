import * as tf from '@tensorflow/tfjs-core';
import type { RuleStep } from './update.js';

/**
 * m′ = β₁·m + (1 − β₁)·g; s′ = β₂·s + (1 − β₂)·g²
 * w′ = w − η / (1 − β₁ᵗ) · m′ / (√s′ / √(1 − β₂ᵗ) + ε)
 *
 * AdamW is the same with decoupled weight decay, which `applyReadable` does before any rule.
 *
 * @see Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2
 */
export function adam(rule: { beta1: number; beta2: number; epsilon: number }): RuleStep {
  return (weights, gradient, { learningRate, step, slots: [mean, meanSquare] }) => {
    const first = tf.add(tf.mul(mean!, rule.beta1), tf.mul(gradient, 1 - rule.beta1));
    const second = tf.add(tf.mul(meanSquare!, rule.beta2), tf.mul(tf.square(gradient), 1 - rule.beta2));
    const rate = learningRate / (1 - rule.beta1 ** step);
    const deviation = tf.add(tf.div(tf.sqrt(second), Math.sqrt(1 - rule.beta2 ** step)), rule.epsilon);
    return { weights: tf.sub(weights, tf.mul(tf.div(first, deviation), rate)), slots: [first, second] };
  };
}
