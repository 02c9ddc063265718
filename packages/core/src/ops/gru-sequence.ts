import type * as tf from '@tensorflow/tfjs-core';
import { GruSequence, GruSequenceGrad, type SequenceAttributes } from './kernel-names.js';
import type { RnnSequenceOutputs } from './rnn-sequence.js';
import { runSequenceOperation, type SequenceTensors } from './sequence-operation.js';

export interface GruSequenceTensors extends SequenceTensors {
  /** `[3·hiddenSize]` */
  readonly recurrentBias: tf.Tensor1D;
}

export type GruSequenceOutputs = RnnSequenceOutputs;

/**
 * A GRU over all time steps in one kernel, with its gradient; the equations are those of `GruCell`.
 *
 * @throws {BackendError} `backend/no-kernel` on an engine without the kernel
 */
export function gruSequence(tensors: GruSequenceTensors, attributes: SequenceAttributes): GruSequenceOutputs {
  const { lengths, recurrentDropoutMask, input, inputKernel, recurrentKernel, bias, recurrentBias, initialH } = tensors;
  const [output, finalH] = runSequenceOperation({
    kernel: GruSequence,
    gradientKernel: GruSequenceGrad,
    inputs: { input, inputKernel, recurrentKernel, bias, recurrentBias, initialH },
    optional: { lengths, recurrentDropoutMask },
    attributes: { ...attributes },
    outputs: ['output', 'finalH'],
    internals: ['gates'],
  });
  return { output: output as tf.Tensor3D, finalH: finalH as tf.Tensor2D };
}
