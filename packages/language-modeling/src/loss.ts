import type { LossContext, LossResult } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch, LanguageModel } from './types.js';

/**
 * The cross-entropy of one window, and the state after it.
 *
 *   sum = −Σ mask · ln p(target | all tokens before it in the stream)
 *
 * @returns `sum` in nats over the window's real targets, their `count`, and the state to carry to the next window
 */
export function languageModelLoss(model: LanguageModel, batch: Batch, context: LossContext): LossResult {
  const { timeSteps, batchSize, count } = batch;
  const rows = timeSteps * batchSize;
  const inputs = tf.tensor2d(batch.inputs, [timeSteps, batchSize], 'int32');
  const { hidden, state } = model.forward(inputs, {
    ...(context.state && { state: context.state }),
    ...(context.training && context.key && { key: context.key }),
  });
  const targets = tf.tensor1d(batch.targets, 'int32');
  const mask = batch.mask && tf.tensor1d(batch.mask);
  const { sum } = model.crossEntropy(tf.reshape(hidden, [rows, -1]), targets, mask);
  return { sum, count, state };
}
