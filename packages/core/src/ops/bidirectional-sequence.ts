import type * as tf from '@tensorflow/tfjs-core';
import {
  BidirectionalSequence,
  BidirectionalSequenceGrad,
  type BidirectionalSequenceAttributes,
} from './kernel-names.js';
import { runSequenceOperation, type SequenceTensors } from './sequence-operation.js';

/** One direction's inputs, as those of the cell's own kernel. */
export interface DirectionTensors extends Omit<SequenceTensors, 'input' | 'lengths'> {
  /** `[3·hiddenSize]`, of a GRU */
  readonly recurrentBias?: tf.Tensor1D | undefined;
  /** `[batch, hiddenSize]`, of an LSTM */
  readonly initialC?: tf.Tensor2D | undefined;
}

export interface BidirectionalSequenceTensors {
  /** `[time, batch, inputSize]` */
  readonly input: tf.Tensor3D;
  /** int32 `[batch]`, each 0 … time */
  readonly lengths?: tf.Tensor1D | undefined;
  readonly forward: DirectionTensors;
  readonly backward: DirectionTensors;
}

export interface DirectionState {
  /** `[batch, hiddenSize]` */
  readonly finalH: tf.Tensor2D;
  /** `[batch, hiddenSize]`, of an LSTM */
  readonly finalC?: tf.Tensor2D;
}

export interface BidirectionalSequenceOutputs {
  /** `[time, batch, 2·hiddenSize]` */
  readonly output: tf.Tensor3D;
  readonly forward: DirectionState;
  readonly backward: DirectionState;
}

/** What the kernel gives for each direction. */
const results = {
  elman: { states: ['finalH'], internals: [] },
  lstm: { states: ['finalH', 'finalC'], internals: ['gates', 'cells'] },
  gru: { states: ['finalH'], internals: ['gates'] },
} as const;

/**
 * Both directions of a layer in one kernel, with its gradient; the equations are those of the cell.
 *
 * @throws {BackendError} `backend/no-kernel` on an engine without the kernel
 */
export function bidirectionalSequence(
  { input, lengths, forward, backward }: BidirectionalSequenceTensors,
  attributes: BidirectionalSequenceAttributes,
): BidirectionalSequenceOutputs {
  const { states, internals } = results[attributes.cell];
  const [output, ...finals] = runSequenceOperation({
    kernel: BidirectionalSequence,
    gradientKernel: BidirectionalSequenceGrad,
    inputs: { input, ...differentiated(forward, 'forward'), ...differentiated(backward, 'backward') },
    optional: {
      lengths,
      'recurrentDropoutMask.forward': forward.recurrentDropoutMask,
      'recurrentDropoutMask.backward': backward.recurrentDropoutMask,
    },
    attributes: { ...attributes },
    outputs: ['output', ...ofBoth(states)],
    internals: ofBoth(internals),
  });
  const stateOf = (tensors: tf.Tensor[]) =>
    Object.fromEntries(states.map((name, i) => [name, tensors[i]])) as unknown as DirectionState;
  return {
    output: output as tf.Tensor3D,
    forward: stateOf(finals),
    backward: stateOf(finals.slice(states.length)),
  };
}

/** The names of both directions' tensors in the kernel's order. */
function ofBoth(names: readonly string[]): string[] {
  return ['forward', 'backward'].flatMap((direction) => names.map((name) => `${name}.${direction}`));
}

/** What one direction is differentiated by, in the order in which the gradient kernel returns the gradients. */
function differentiated(tensors: DirectionTensors, direction: string): Record<string, tf.Tensor> {
  const { inputKernel, recurrentKernel, bias, recurrentBias, initialH, initialC } = tensors;
  const inOrder: Record<string, tf.Tensor | undefined> = {
    inputKernel,
    recurrentKernel,
    bias,
    recurrentBias,
    initialH,
    initialC,
  };
  return Object.fromEntries(
    Object.entries(inOrder).flatMap(([name, tensor]) => (tensor ? [[`${name}.${direction}`, tensor]] : [])),
  ) as Record<string, tf.Tensor>;
}
