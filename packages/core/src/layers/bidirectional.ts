import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellState } from '../cells/cell.js';
import { unroll } from './unroll.js';

export interface BidirectionalCells<State extends CellState = CellState> {
  readonly forward: Cell<State>;
  readonly backward: Cell<State>;
}

export interface BidirectionalOptions<State extends CellState = CellState> {
  readonly initialState?: { readonly forward: State; readonly backward: State } | undefined;
  /** int32 `[batch]`: the backward cell starts at each sequence's own last step */
  readonly lengths?: tf.Tensor1D | undefined;
  /** `[batch, hiddenSize]` each */
  readonly recurrentDropoutMasks?: { readonly forward: tf.Tensor2D; readonly backward: tf.Tensor2D } | undefined;
}

export interface BidirectionalResult<State extends CellState = CellState> {
  /** `[time, batch, 2·hiddenSize]`: forward beside backward, zeros past each length */
  readonly output: tf.Tensor3D;
  /** after the last real step going forward, and after the first step going backward */
  readonly finalState: { readonly forward: State; readonly backward: State };
}

/**
 * Two unrolls of the same input, one in each direction, side by side.
 *
 * @param input - `[time, batch, inputSize]`
 * @throws {ShapeError} as `unroll` does
 *
 * @see Schuster & Paliwal 1997
 */
export function bidirectional<State extends CellState>(
  cells: BidirectionalCells<State>,
  input: tf.Tensor3D,
  options: BidirectionalOptions<State> = {},
): BidirectionalResult<State> {
  const { initialState, lengths, recurrentDropoutMasks } = options;
  const walk = (direction: 'forward' | 'backward') =>
    unroll(cells[direction], input, {
      initialState: initialState?.[direction],
      lengths,
      recurrentDropoutMask: recurrentDropoutMasks?.[direction],
      reverse: direction === 'backward',
    });
  const forward = walk('forward');
  const backward = walk('backward');
  const output = tf.concat([forward.output, backward.output], 2);
  tf.dispose([forward.output, backward.output]);
  return { output, finalState: { forward: forward.finalState, backward: backward.finalState } };
}
