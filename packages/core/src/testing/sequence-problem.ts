import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { CellOptions } from '../cells/cell-parts.js';
import type { Cell, CellState, SequenceOptions } from '../cells/cell.js';
import { uniform as uniformInitializer } from '../tensors/initializers.js';
import { disposeParameters } from '../tensors/parameters.js';
import { deriveKey, randomKey, uniform } from '../tensors/random.js';
import type { SequenceCase } from './arbitraries.js';
import { expectClose, tolerances, type Tolerance } from './expect-close.js';
import { referenceUnroll, type ReferenceArrays, type ReferenceResult, type ReferenceStep } from './reference-cells.js';

/** A cell with irregular weights and biases, and tensors to apply it to. */
export interface SequenceProblem {
  readonly cell: Cell;
  readonly input: tf.Tensor3D;
  readonly initialState: CellState;
  readonly lengths: tf.Tensor1D;
  readonly recurrentDropoutMask: tf.Tensor2D;
  readonly reverse: boolean;
}

/** Irregular numbers in [−1, 1): no two alike, so that no exchange of gates, steps or rows goes unseen. */
export function irregular<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number, name: string): tf.Tensor<R> {
  const values = uniform(deriveKey(randomKey(seed), name), tf.util.sizeFromShape(shape)).map((u) => 2 * u - 1);
  return tf.tensor(values, shape, 'float32');
}

/** Makes a problem of the given sizes, hands it to `check`, and frees all of it. */
export function withProblem(
  createCell: (options: CellOptions) => Cell,
  sizes: SequenceCase,
  check: (problem: SequenceProblem) => void,
): void {
  const { timeSteps, batchSize, inputSize, hiddenSize, seed } = sizes;
  // as in practice, smaller weights in larger cells: otherwise a simple network is chaotic and magnifies rounding
  const weights = uniformInitializer(Math.min(0.8, 1.6 / Math.sqrt(hiddenSize)));
  const initializers = { inputKernel: weights, recurrentKernel: weights, bias: weights, recurrentBias: weights };
  const cell = createCell({ inputSize, hiddenSize, key: randomKey(seed), initializers });
  try {
    tf.tidy(() => {
      const names = Object.keys(cell.zeroState(batchSize));
      const states = names.map((state) => [state, irregular([batchSize, hiddenSize], seed, `state ${state}`)]);
      check({
        cell,
        input: irregular<tf.Rank.R3>([timeSteps, batchSize, inputSize], seed, 'input'),
        initialState: Object.fromEntries(states),
        lengths: tf.tensor1d([...sizes.lengths], 'int32'),
        recurrentDropoutMask: tf.cast(tf.greater(irregular([batchSize, hiddenSize], seed, 'mask'), -0.3), 'float32'),
        reverse: sizes.reverse,
      });
    });
  } finally {
    disposeParameters(cell.parameters);
  }
}

/** A scalar that depends on every output and every final state, each with a weight of its own. */
export function weightedSum({ output, finalState }: { output: tf.Tensor; finalState: CellState }): tf.Scalar {
  const terms = Object.entries({ output, ...finalState }).map(([key, tensor]) =>
    tf.sum(tf.mul(tensor, irregular(tensor.shape, 99, key))),
  );
  return tf.addN(terms) as tf.Scalar;
}

/** `weightedSum` in float64. */
export function referenceWeightedSum({ c, ...results }: ReferenceResult): number {
  let sum = 0;
  for (const [key, values] of Object.entries(c.length > 0 ? { ...results, c } : results)) {
    const weights = irregular([values.length], 99, key).dataSync();
    for (let i = 0; i < values.length; i++) sum += values[i]! * weights[i]!;
  }
  return sum;
}

/** What a gradient is taken by: every parameter, the input and the initial state. */
export function differentiated({ cell, input, initialState }: SequenceProblem): Record<string, tf.Tensor> {
  return { ...cell.parameters, input, ...initialState };
}

export function gradientsOf(problem: SequenceProblem, loss: () => tf.Scalar): Record<string, tf.Tensor> {
  const tensors = differentiated(problem);
  const gradients = tf.grads(() => loss())(Object.values(tensors));
  return Object.fromEntries(Object.keys(tensors).map((key, i) => [key, gradients[i]!]));
}

/** The float64 reference with the same options, as a function of what a gradient is taken by. */
export function referenceOf(
  step: ReferenceStep,
  { input }: SequenceProblem,
  { lengths, recurrentDropoutMask, reverse }: Omit<SequenceOptions, 'initialState'>,
): (arrays: ReferenceArrays) => ReferenceResult {
  const known = {
    timeSteps: input.shape[0],
    batchSize: input.shape[1],
    reverse,
    lengths: lengths && Array.from(lengths.dataSync()),
    mask: recurrentDropoutMask && Float64Array.from(recurrentDropoutMask.dataSync()),
  };
  return (arrays) => referenceUnroll(step, { ...known, arrays });
}

/** The values in float64. */
export function toArrays(tensors: Record<string, tf.Tensor>): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(tensors).map(([key, tensor]) => [key, Float64Array.from(tensor.dataSync())]),
  );
}

export function expectStates(actual: CellState, expected: CellState, tolerance: Tolerance = tolerances.forward): void {
  for (const [key, tensor] of Object.entries(expected)) {
    expectClose(actual[key as 'h' | 'c']!, tensor, { ...tolerance, name: `final ${key}` });
  }
}

export function expectGradients(actual: Record<string, tf.Tensor>, expected: Record<string, tf.Tensor>): void {
  for (const [key, gradient] of Object.entries(expected)) {
    expectClose(actual[key]!, gradient, { ...tolerances.backward, name: `gradient of ${key}` });
  }
}
