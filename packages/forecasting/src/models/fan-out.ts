import { GruCell, gruFanOut, type Cell, type CellState } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';

export interface FanOut {
  /** each `[states, hiddenSize]` */
  readonly state: CellState;
  /** `[M, inputSize]`, M a multiple of `fanOut` */
  readonly inputs: tf.Tensor2D;
  /** S: inputs of each state */
  readonly fanOut: number;
}

/**
 * One step of a cell from each of N states, with S inputs each: row i of the result has state ⌊i / S⌋ and input i mod M.
 *
 * Both products of a GRU, x·W + b and h·R + rb, are sums that meet only in its gates. So N states and M inputs take
 * products of N + M rows, not of N·S: x·W is the same for all windows, h·R for all steps of the horizon.
 *
 * Other cells are simply stepped with all N·S rows.
 *
 * @returns h `[states·fanOut, hiddenSize]`; the caller owns it
 */
export function stepFromEach(cell: Cell, step: FanOut): tf.Tensor2D {
  if (!(cell instanceof GruCell)) return repeatedStep(cell, step);
  const { state, inputs, fanOut } = step;
  const { inputKernel, recurrentKernel, bias, recurrentBias } = cell.parameters;
  return tf.tidy(() => {
    const inputProducts: tf.Tensor2D = tf.add(tf.matMul(inputs, inputKernel), bias);
    const stateProducts: tf.Tensor2D = tf.add(tf.matMul(state.h, recurrentKernel), recurrentBias);
    return gruFanOut({ inputProducts, stateProducts, state: state.h }, fanOut);
  });
}

/** The same by `cell.step` on every pair of a state and an input. */
export function repeatedStep(cell: Cell, { state, inputs, fanOut }: FanOut): tf.Tensor2D {
  return tf.tidy(() => {
    const [states, hiddenSize] = state.h.shape;
    const repeat = (values: tf.Tensor2D): tf.Tensor2D =>
      tf.reshape(tf.tile(tf.expandDims(values, 1), [1, fanOut, 1]), [states * fanOut, hiddenSize]);
    const repeated = state.c ? { h: repeat(state.h), c: repeat(state.c) } : { h: repeat(state.h) };
    return cell.step(tf.tile(inputs, [(states * fanOut) / inputs.shape[0], 1]), repeated).h;
  });
}
