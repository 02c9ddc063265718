import { ctcLoss } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { madeLabels, madeLogits } from '../../made-data.js';
import type { CtcShape } from '../../models.js';
import { timeRepetitions, type Session, type StartOf } from './session.js';

/** The CTC loss of a batch and its gradient in the logits, softmax included. */
export function startCtc({ shape }: StartOf<CtcShape>): Session {
  const { timeSteps, batchSize, symbols } = shape;
  const logits = tf.tensor3d(madeLogits(shape), [timeSteps, batchSize, symbols]);
  const labels = madeLabels(shape);
  const lengths = new Int32Array(batchSize).fill(timeSteps);
  const withGradient = tf.valueAndGrad((input) => tf.sum(ctcLoss(input as tf.Tensor3D, { lengths, labels })));
  return {
    parameters: 0,
    run: (_work, repetitions) => {
      let sum = Number.NaN;
      const { ms } = timeRepetitions(repetitions, () => {
        const { value, grad } = withGradient(logits);
        [sum] = value.dataSync() as unknown as [number];
        tf.dispose([value, grad]);
      });
      return { ms, lossNats: sum / batchSize };
    },
  };
}
