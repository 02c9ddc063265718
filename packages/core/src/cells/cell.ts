import type * as tf from '@tensorflow/tfjs-core';
import type { Parameters } from '../tensors/parameters.js';

/** What a cell carries from step to step, by name: `{ h }` or `{ h, c }`, each `[batch, hiddenSize]`. */
export type CellState = { readonly h: tf.Tensor2D; readonly c?: tf.Tensor2D };

/** A recurrent cell is one pure step. Time is walked by `unroll` alone. */
export interface Cell<State extends CellState = CellState> {
  readonly kind: 'elman' | 'lstm' | 'gru';
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly parameters: Parameters;

  /** The state before the first step: zeros, `[batchSize, hiddenSize]`. */
  zeroState(batchSize: number): State;

  /**
   * One time step.
   *
   * @param input - `[batch, inputSize]`
   * @param state - each `[batch, hiddenSize]`
   * @param recurrentDropoutMask - `[batch, hiddenSize]`, multiplies h inside the recurrent product only
   * @returns the next state, same shapes; the caller owns it
   */
  step(input: tf.Tensor2D, state: State, recurrentDropoutMask?: tf.Tensor2D): State;

  /**
   * All steps in one fused kernel, or `undefined` where the current backend has none.
   *
   * @param input - `[time, batch, inputSize]`
   */
  sequence(input: tf.Tensor3D, options: SequenceOptions<State>): SequenceResult<State> | undefined;
}

export interface SequenceOptions<State extends CellState = CellState> {
  readonly initialState: State;
  /** int32 `[batch]`, each 0 … time */
  readonly lengths?: tf.Tensor1D;
  readonly recurrentDropoutMask?: tf.Tensor2D;
  readonly reverse: boolean;
}

export interface SequenceResult<State extends CellState = CellState> {
  /** `[time, batch, hiddenSize]`, zeros past each length */
  readonly output: tf.Tensor3D;
  readonly finalState: State;
}
