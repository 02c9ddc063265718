import { createParameter, deriveKey, initializers, type Parameters, type RandomKey } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * What was attended before, seen by the scores of the next step.
 *
 *   covₜ = Σ α₀ … αₜ₋₁      scoreₜ,ᵢ += w · covₜ,ᵢ      loss = Σₜ Σᵢ min(αₜ,ᵢ, covₜ,ᵢ)
 *
 * Parameter: `weight` w, one number, 0 at first. The papers put w·cov inside the tanh of additive attention; beside the score it means the
 * same to every kind of attention, and keys need not be made anew at every step.
 *
 * @see Tu et al. 2016, "Modeling coverage for neural machine translation"; See, Liu & Manning 2017, equations 10 to 13
 */
export class Coverage {
  readonly parameters: Parameters;
  readonly #weight: tf.Variable<tf.Rank.R1>;

  constructor({ key }: { readonly key: RandomKey }) {
    this.#weight = createParameter([1], initializers.zeros, deriveKey(key, 'weight'));
    this.parameters = { weight: this.#weight };
  }

  /** @param covered - `[…, source time]` @returns the same shape, to add to the scores */
  bias<T extends tf.Tensor>(covered: T): T {
    return tf.mul(covered, this.#weight);
  }

  /** Of one step. @param weights - `[batch, source time]` @param real - `[batch]`: 0 where the target has ended */
  loss(weights: tf.Tensor2D, covered: tf.Tensor2D, real: tf.Tensor1D): tf.Scalar {
    return tf.sum(tf.mul(tf.sum(tf.minimum(weights, covered), 1), real));
  }
}
