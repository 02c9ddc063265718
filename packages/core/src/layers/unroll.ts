import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellState, SequenceOptions, SequenceResult } from '../cells/cell.js';
import { GruSequence, LstmSequence, RnnSequence } from '../ops/kernel-names.js';
import { countPath } from '../ops/path-counts.js';
import { assertShape, assertType } from '../tensors/shapes.js';
import { tidy } from '../tensors/tidy.js';

export interface UnrollOptions<State extends CellState = CellState> {
  /** zeros unless given */
  readonly initialState?: State | undefined;
  /** int32 `[batch]`, each 0 … time; all `time` unless given */
  readonly lengths?: tf.Tensor1D | undefined;
  /** walks time from the end to the start; outputs stay at the time of their input */
  readonly reverse?: boolean | undefined;
  /** `[batch, hiddenSize]`, the same at every step, on h inside the recurrent product */
  readonly recurrentDropoutMask?: tf.Tensor2D | undefined;
}

const kernels = { elman: RnnSequence, lstm: LstmSequence, gru: GruSequence } as const;

/**
 * Applies a cell over time: in one fused kernel where the current engine has it, otherwise step by step. Both give the
 * same numbers.
 *
 * Steps past a sequence's length give zeros in `output` and carry the state unchanged; length 0 returns the initial
 * state. `reverse` starts at the last step, so that padding comes first and leaves the initial state.
 *
 * @param input - `[time, batch, inputSize]`
 * @returns `output` `[time, batch, hiddenSize]` and the final state; the caller owns both
 * @throws {ShapeError} `shape/mismatch` or `shape/type`, naming the argument and the axis
 */
export function unroll<State extends CellState>(
  cell: Cell<State>,
  input: tf.Tensor3D,
  options: UnrollOptions<State> = {},
): SequenceResult<State> {
  checkShapes(cell, input, options);
  return tidy(() => {
    const sequenceOptions = {
      ...options,
      initialState: options.initialState ?? cell.zeroState(input.shape[1]),
      reverse: options.reverse ?? false,
    } as SequenceOptions<State>;
    if (input.shape[0] === 0) return emptySequence(cell, sequenceOptions.initialState);
    const fused = cell.sequence(input, sequenceOptions);
    if (fused) return fused;
    countPath(kernels[cell.kind], 'steps');
    return walkSteps(cell, input, sequenceOptions);
  });
}

/** @throws {ShapeError} as `unroll` does */
export function checkShapes<State extends CellState>(
  cell: Cell<State>,
  input: tf.Tensor3D,
  options: UnrollOptions<State>,
): void {
  assertShape('input', input, { time: 'any', batch: 'any', inputSize: cell.inputSize });
  const axes = { batch: input.shape[1], hiddenSize: cell.hiddenSize };
  for (const [name, tensor] of Object.entries(options.initialState ?? {})) {
    if (tensor) assertShape(`initialState.${name}`, tensor, axes);
  }
  if (options.recurrentDropoutMask) assertShape('recurrentDropoutMask', options.recurrentDropoutMask, axes);
  if (options.lengths) {
    assertShape('lengths', options.lengths, { batch: input.shape[1] });
    assertType('lengths', options.lengths, 'int32');
  }
}

/** The readable path: what every fused kernel must equal. */
export function walkSteps<State extends CellState>(
  cell: Cell<State>,
  input: tf.Tensor3D,
  options: SequenceOptions<State>,
): SequenceResult<State> {
  const time = input.shape[0];
  const { lengths, recurrentDropoutMask, reverse } = options;
  const inputs = steps(input);
  const outputs: tf.Tensor2D[] = [];
  let state = options.initialState;
  for (let walked = 0; walked < time; walked++) {
    const t = reverse ? time - 1 - walked : walked;
    const next = cell.step(inputs[t]!, state, recurrentDropoutMask);
    if (lengths) {
      const active: tf.Tensor2D = tf.expandDims(tf.greater(lengths, t), 1);
      state = chooseState(active, next, state);
      outputs[t] = tf.where(active, next.h, tf.zerosLike(next.h));
    } else {
      state = next;
      outputs[t] = next.h;
    }
  }
  return { output: tf.stack(outputs) as tf.Tensor3D, finalState: state };
}

/** `[time, batch, inputSize]` as one tensor for each step. */
function steps(input: tf.Tensor3D): tf.Tensor2D[] {
  // tfjs 4.22 cannot differentiate an unstack with a single output
  if (input.shape[0] === 1) return [tf.squeeze(input, [0])];
  return tf.unstack(input) as tf.Tensor2D[];
}

/** No step at all: no output, and a state of its own that the caller can dispose. */
function emptySequence<State extends CellState>(cell: Cell<State>, initialState: State): SequenceResult<State> {
  const { h, c } = initialState;
  const finalState = (c ? { h: tf.clone(h), c: tf.clone(c) } : { h: tf.clone(h) }) as State;
  return { output: tf.zeros([0, h.shape[0], cell.hiddenSize]), finalState };
}

/** Row by row: `next` where active, else `state`. @param active - bool `[batch, 1]` */
function chooseState<State extends CellState>(active: tf.Tensor2D, next: State, state: State): State {
  const h = tf.where(active, next.h, state.h);
  return (next.c && state.c ? { h, c: tf.where(active, next.c, state.c) } : { h }) as State;
}
