import * as tf from '@tensorflow/tfjs-core';

export interface AdversarialOptions {
  /** ε: the length of the change of a sentence as a share of the length of its vectors */
  readonly epsilon: number;
  /** `[batch]` */
  readonly lengths: Int32Array;
}

/**
 * The input vectors moved to where the loss rises fastest: the fast gradient method.
 *
 *   x′ = x + r     r_s = ε · ‖x_s‖ · g_s / ‖g_s‖     g = ∂loss/∂x     for each sentence s, over its real tokens
 *
 * r counts as a constant: what reaches x′ reaches x, and no second derivative is taken. A sentence without gradient stays as it is.
 *
 * @param vectors - x, `[time, batch, inputSize]`
 * @param gradient - g, of the same shape
 * @returns x′, `[time, batch, inputSize]`
 *
 * @see Goodfellow, Shlens & Szegedy 2015; Miyato, Dai & Goodfellow 2017, equation 5, there for vectors of variance 1
 */
export function adversarialVectors(
  vectors: tf.Tensor3D,
  gradient: tf.Tensor3D,
  { epsilon, lengths }: AdversarialOptions,
): tf.Tensor3D {
  return tf.tidy(() => {
    const change = worstChange(vectors.dataSync(), gradient.dataSync(), { shape: vectors.shape, epsilon, lengths });
    // Made of plain numbers, so that the tape knows nothing of how it came about.
    return tf.add(vectors, tf.tensor3d(change, vectors.shape));
  });
}

function worstChange(
  vectors: ArrayLike<number>,
  gradient: ArrayLike<number>,
  { shape, epsilon, lengths }: AdversarialOptions & { readonly shape: readonly [number, number, number] },
): Float32Array {
  const [timeSteps, batchSize, size] = shape;
  const change = new Float32Array(timeSteps * batchSize * size);
  for (let row = 0; row < batchSize; row++) {
    const places = (visit: (i: number) => void) => {
      for (let t = 0; t < lengths[row]!; t++) {
        const first = (t * batchSize + row) * size;
        for (let i = first; i < first + size; i++) visit(i);
      }
    };
    let squares = 0;
    let slopes = 0;
    places((i) => {
      squares += vectors[i]! * vectors[i]!;
      slopes += gradient[i]! * gradient[i]!;
    });
    if (slopes === 0) continue;
    const factor = epsilon * Math.sqrt(squares / slopes);
    places((i) => (change[i] = factor * gradient[i]!));
  }
  return change;
}
