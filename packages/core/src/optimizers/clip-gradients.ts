import * as tf from '@tensorflow/tfjs-core';

/** √Σ‖g‖² over all gradients together. */
export function globalNorm(gradients: readonly tf.Tensor[]): number {
  return tf.tidy(() => Math.sqrt(gradients.reduce((sum, gradient) => sum + squaredNorm(gradient), 0)));
}

/**
 * Every gradient times min(1, clipNorm / norm), so that their norm together is at most `clipNorm`.
 *
 * @param norm - their global norm
 * @see Pascanu, Mikolov & Bengio 2013, algorithm 1
 */
export function clipByGlobalNorm(
  gradients: readonly tf.Tensor[],
  clipNorm: number,
  norm: number,
): readonly tf.Tensor[] {
  return norm > clipNorm ? gradients.map((gradient) => tf.mul(gradient, clipNorm / norm)) : gradients;
}

/** Every value of every gradient held between −clipValue and clipValue. */
export function clipByValue(gradients: readonly tf.Tensor[], clipValue: number): readonly tf.Tensor[] {
  return gradients.map((gradient) => tf.clipByValue(gradient, -clipValue, clipValue));
}

function squaredNorm(gradient: tf.Tensor): number {
  return tf.sum(tf.square(gradient)).dataSync()[0]!;
}
