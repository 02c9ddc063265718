import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellState } from '../cells/cell.js';
import { ElmanCell } from '../cells/elman.js';
import { bidirectionalSequence, type DirectionState, type DirectionTensors } from '../ops/bidirectional-sequence.js';
import { hasKernel } from '../ops/has-kernel.js';
import { BidirectionalSequence, type BidirectionalSequenceAttributes } from '../ops/kernel-names.js';
import { countPath } from '../ops/path-counts.js';
import { tidy } from '../tensors/tidy.js';
import { checkShapes, unroll, type UnrollOptions } from './unroll.js';

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

type Direction = 'forward' | 'backward';

/**
 * Two unrolls of the same input, one in each direction, side by side: in one fused kernel where the current engine has it,
 * otherwise one after the other. Both give the same numbers.
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
  const attributes = fusedAttributes(cells);
  if (attributes && input.shape[0] > 0) return walkTogether(cells, input, { ...options, attributes });
  return walkInTurns(cells, input, options);
}

/** The readable path: what the fused kernel must equal. */
export function walkInTurns<State extends CellState>(
  cells: BidirectionalCells<State>,
  input: tf.Tensor3D,
  options: BidirectionalOptions<State> = {},
): BidirectionalResult<State> {
  countPath(BidirectionalSequence, 'steps');
  const forward = unroll(cells.forward, input, directionOptions(options, 'forward'));
  const backward = unroll(cells.backward, input, directionOptions(options, 'backward'));
  const output = tf.concat([forward.output, backward.output], 2);
  tf.dispose([forward.output, backward.output]);
  return { output, finalState: { forward: forward.finalState, backward: backward.finalState } };
}

function directionOptions<State extends CellState>(
  { initialState, lengths, recurrentDropoutMasks }: BidirectionalOptions<State>,
  direction: Direction,
): UnrollOptions<State> {
  return {
    initialState: initialState?.[direction],
    lengths,
    recurrentDropoutMask: recurrentDropoutMasks?.[direction],
    reverse: direction === 'backward',
  };
}

/** What the fused kernel must know of the cells; undefined where it does not know them or the engine has none. */
function fusedAttributes<State extends CellState>({
  forward,
  backward,
}: BidirectionalCells<State>): BidirectionalSequenceAttributes | undefined {
  const alike = forward.kind === backward.kind && forward.hiddenSize === backward.hiddenSize;
  if (!alike || !hasKernel(BidirectionalSequence)) return undefined;
  if (!(forward instanceof ElmanCell && backward instanceof ElmanCell)) return { cell: forward.kind };
  const { activation } = forward;
  return activation === backward.activation ? { cell: 'elman', activation } : undefined;
}

function walkTogether<State extends CellState>(
  cells: BidirectionalCells<State>,
  input: tf.Tensor3D,
  options: BidirectionalOptions<State> & { attributes: BidirectionalSequenceAttributes },
): BidirectionalResult<State> {
  for (const direction of ['forward', 'backward'] as const)
    checkShapes(cells[direction], input, directionOptions(options, direction));
  return tidy(() => {
    const tensors = (direction: Direction) => {
      const cell = cells[direction];
      const state = options.initialState?.[direction] ?? cell.zeroState(input.shape[1]);
      return {
        ...(cell.parameters as unknown as Pick<DirectionTensors, 'inputKernel' | 'recurrentKernel' | 'bias'>),
        initialH: state.h,
        initialC: state.c,
        recurrentDropoutMask: options.recurrentDropoutMasks?.[direction],
      };
    };
    const { output, forward, backward } = bidirectionalSequence(
      { input, lengths: options.lengths, forward: tensors('forward'), backward: tensors('backward') },
      options.attributes,
    );
    const finalState = { forward: stateOf(forward), backward: stateOf(backward) };
    return { output, finalState } as BidirectionalResult<State>;
  });
}

function stateOf({ finalH, finalC }: DirectionState): CellState {
  return finalC ? { h: finalH, c: finalC } : { h: finalH };
}
