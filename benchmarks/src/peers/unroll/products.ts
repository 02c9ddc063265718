import { deriveKey, randomKey, uniform } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ProductsShape } from '../../models.js';
import type { Work } from '../../harness/protocol.js';
import { timeRepetitions, type Session, type StartOf } from './session.js';

/** Large products by `tf.matMul`, in the engine's precision. */
export function startProducts({ seed }: StartOf<ProductsShape>): Session {
  const factors = new Map<Work, readonly [tf.Tensor2D, tf.Tensor2D]>();
  return {
    parameters: 0,
    run: (work, repetitions) => {
      if (!factors.has(work)) factors.set(work, createFactors(work, seed));
      const [a, b] = factors.get(work)!;
      return timeRepetitions(repetitions, () => tf.matMul(a, b).dispose());
    },
  };
}

function createFactors(work: Work, seed: number): readonly [tf.Tensor2D, tf.Tensor2D] {
  const [rows, inner, columns] = work.split('x').map(Number) as [number, number, number];
  const random = (name: string, shape: [number, number]) => {
    const values = uniform(deriveKey(randomKey(seed), name), shape[0] * shape[1]);
    return tf.tensor2d(
      Float32Array.from(values, (value) => value - 0.5),
      shape,
    );
  };
  return [random('a', [rows, inner]), random('b', [inner, columns])];
}
