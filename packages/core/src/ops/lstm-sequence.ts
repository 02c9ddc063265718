import type * as tf from '@tensorflow/tfjs-core';
import { LstmSequence, LstmSequenceGrad, type SequenceAttributes } from './kernel-names.js';
import { runSequenceOperation, type SequenceTensors } from './sequence-operation.js';

export interface LstmSequenceTensors extends SequenceTensors {
  /** `[batch, hiddenSize]` */
  readonly initialC: tf.Tensor2D;
}

export interface LstmSequenceOutputs {
  /** `[time, batch, hiddenSize]` */
  readonly output: tf.Tensor3D;
  /** `[batch, hiddenSize]` */
  readonly finalH: tf.Tensor2D;
  /** `[batch, hiddenSize]` */
  readonly finalC: tf.Tensor2D;
}

/**
 * An LSTM over all time steps in one kernel, with its gradient; the equations are those of `LstmCell`.
 *
 * @throws {BackendError} `backend/no-kernel` on an engine without the kernel
 */
export function lstmSequence(tensors: LstmSequenceTensors, attributes: SequenceAttributes): LstmSequenceOutputs {
  const { lengths, recurrentDropoutMask, input, inputKernel, recurrentKernel, bias, initialH, initialC } = tensors;
  const [output, finalH, finalC] = runSequenceOperation({
    kernel: LstmSequence,
    gradientKernel: LstmSequenceGrad,
    inputs: { input, inputKernel, recurrentKernel, bias, initialH, initialC },
    optional: { lengths, recurrentDropoutMask },
    attributes: { ...attributes },
    outputs: ['output', 'finalH', 'finalC'],
    internals: ['gates', 'cells'],
  });
  return { output: output as tf.Tensor3D, finalH: finalH as tf.Tensor2D, finalC: finalC as tf.Tensor2D };
}
