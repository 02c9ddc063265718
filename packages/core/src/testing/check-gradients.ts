import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { expectClose, tolerances, type Tolerance } from './expect-close.js';

export interface GradientCheck {
  /** what to differentiate by, variables among them; their values are where it is done */
  readonly tensors: Readonly<Record<string, tf.Tensor>>;
  /** a scalar of `tensors` */
  readonly loss: () => tf.Scalar;
  /** the same function in float64, without tensors */
  readonly reference: (arrays: Readonly<Record<string, Float64Array>>) => number;
  /** `tolerances.gradient` unless set */
  readonly tolerance?: Tolerance;
}

/**
 * Compares the gradient that tfjs computes in float32 with central differences of a float64 reference,
 *
 *   (f(x + ε) − f(x − ε)) / 2ε,   ε = 1e-5,
 *
 * for every number of every tensor; and the two functions' values.
 *
 * @returns how many numbers were compared
 * @throws {Error} naming the tensor and its worst element
 */
export function checkGradients({ tensors, loss, reference, tolerance = tolerances.gradient }: GradientCheck): number {
  const arrays = Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, Float64Array.from(tensor.dataSync())]),
  );
  tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads(() => loss())(Object.values(tensors));
    expectClose(value, { shape: [], values: [reference(arrays)] }, { ...tolerances.forward, name: 'loss' });
    Object.entries(tensors).forEach(([name, tensor], i) => {
      const values = centralDifferences(() => reference(arrays), arrays[name]!);
      expectClose(grads[i]!, { shape: tensor.shape, values }, { ...tolerance, name: `gradient of ${name}` });
    });
  });
  return Object.values(arrays).reduce((count, values) => count + values.length, 0);
}

/** @param values - what `evaluate` reads; changed and put back, one number at a time */
function centralDifferences(evaluate: () => number, values: Float64Array): Float64Array {
  const epsilon = 1e-5;
  return values.map((value, i) => {
    values[i] = value + epsilon;
    const above = evaluate();
    values[i] = value - epsilon;
    const below = evaluate();
    values[i] = value;
    return (above - below) / (2 * epsilon);
  });
}
