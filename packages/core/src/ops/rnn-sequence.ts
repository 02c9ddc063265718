import type * as tf from '@tensorflow/tfjs-core';
import { RnnSequence, RnnSequenceGrad, type RnnSequenceAttributes } from './kernel-names.js';
import { runSequenceOperation, type SequenceTensors } from './sequence-operation.js';

export type RnnSequenceTensors = SequenceTensors;

export interface RnnSequenceOutputs {
  /** `[time, batch, hiddenSize]` */
  readonly output: tf.Tensor3D;
  /** `[batch, hiddenSize]` */
  readonly finalH: tf.Tensor2D;
}

/**
 * A simple recurrent network over all time steps in one kernel, with its gradient; the equation is that of `ElmanCell`.
 *
 * @throws {BackendError} `backend/no-kernel` on an engine without the kernel
 */
export function rnnSequence(tensors: RnnSequenceTensors, attributes: RnnSequenceAttributes): RnnSequenceOutputs {
  const { lengths, recurrentDropoutMask, input, inputKernel, recurrentKernel, bias, initialH } = tensors;
  const [output, finalH] = runSequenceOperation({
    kernel: RnnSequence,
    gradientKernel: RnnSequenceGrad,
    inputs: { input, inputKernel, recurrentKernel, bias, initialH },
    optional: { lengths, recurrentDropoutMask },
    attributes: { ...attributes },
    outputs: ['output', 'finalH'],
    internals: [],
  });
  return { output: output as tf.Tensor3D, finalH: finalH as tf.Tensor2D };
}
