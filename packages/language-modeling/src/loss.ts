import { deriveKey, uniform, type CarriedState, type LossContext, type LossResult, type RandomKey } from '@unroll/core';
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
  const rows = batch.timeSteps * batch.batchSize;
  const { hidden, state } = walkBatch(model, batch, context);
  const targets = tf.tensor1d(batch.targets, 'int32');
  const mask = batch.mask && tf.tensor1d(batch.mask);
  const { sum } = model.crossEntropy(tf.reshape(hidden, [rows, -1]), targets, mask);
  return { sum, count: batch.count, state };
}

/** The hidden vectors of a batch, or of a piece of one, and the state after it: `languageModelLoss` without the loss. */
export function walkBatch(
  model: LanguageModel,
  batch: Batch,
  context: LossContext,
): ReturnType<LanguageModel['forward']> {
  const { timeSteps, batchSize, firstStep = 0 } = batch;
  const inputs = tf.tensor2d(batch.inputs, [timeSteps, batchSize], 'int32');
  return model.forward(inputs, {
    ...(firstStep === 0 ? carriedState(model, context) : context.state && { state: context.state }),
    ...(context.training && context.key && { key: context.key }),
    firstStep,
  });
}

function carriedState({ config }: LanguageModel, { state, training, key }: LossContext): { state?: CarriedState } {
  if (!state) return {};
  const probability = training && key ? config.batches.stateResetProbability : 0;
  return { state: probability > 0 ? resetStreams(state, { probability, key: deriveKey(key!, 'reset') }) : state };
}

/**
 * Zeroes the state of some streams, in every layer of a stream alike.
 *
 * @param state - each `[batch, …]`
 * @see Melis, Dyer & Blunsom 2018, "On the state of the art of evaluation in neural language models"
 */
export function resetStreams(
  state: CarriedState,
  { probability, key }: { readonly probability: number; readonly key: RandomKey },
): CarriedState {
  const batchSize = Object.values(state)[0]?.shape[0] ?? 0;
  const keep = uniform(key, batchSize).map((value) => (value < probability ? 0 : 1));
  if (!keep.includes(0)) return state;
  const mask = tf.tensor2d(keep, [batchSize, 1]);
  return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, tf.mul(tensor, mask)]));
}
