import * as tf from '@tensorflow/tfjs-core';
import type { RuleStep } from './update.js';

/**
 * s′ = ρ·s + (1 − ρ)·g²; u = g / (√s′ + ε); w′ = w − η·u, or with momentum v′ = μ·v + u; w′ = w − η·v′
 *
 * @see Tieleman & Hinton 2012, lecture 6.5
 */
export function rmsprop(rule: { decay: number; epsilon: number; momentum: number }): RuleStep {
  return (weights, gradient, { learningRate, slots: [meanSquare, velocity] }) => {
    const square = tf.add(tf.mul(meanSquare!, rule.decay), tf.mul(tf.square(gradient), 1 - rule.decay));
    const scaled = tf.div(gradient, tf.add(tf.sqrt(square), rule.epsilon));
    const direction = velocity ? tf.add(tf.mul(velocity, rule.momentum), scaled) : scaled;
    return {
      weights: tf.sub(weights, tf.mul(direction, learningRate)),
      slots: velocity ? [square, direction] : [square],
    };
  };
}
