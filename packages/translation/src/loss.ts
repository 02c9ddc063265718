import { deriveKey, type LossContext, type LossResult, type RandomKey } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { scheduledInputs } from './decoder/scheduled-sampling.js';
import type { Batch, TranslationModel } from './types.js';

/**
 * Negative log-likelihood of the targets of a batch, in nats.
 *
 *   sum = −Σ over pairs and steps of ln p(token | source, all true tokens before it)      count = real target tokens, `</s>` among them
 *
 * In training: with label smoothing, with the loss of coverage, and with what the decoder would have written itself instead of some true
 * tokens (`scheduledSampling`; else teacher forcing).
 */
export function translationLoss(model: TranslationModel, batch: Batch, context: LossContext): LossResult {
  const { target, count } = batch;
  const { labelSmoothing, model: parts } = model.config;
  const key = context.training ? context.key : undefined;
  const encoded = model.encode(batch.source, { key: key && deriveKey(key, 'model') });
  const inputs = context.training ? trainingInputs(model, { batch, encoded, key }) : target.inputs;
  const decoded = model.decode(encoded, { ...target, inputs }, { key: key && deriveKey(key, 'model') });
  const { sum } = model.crossEntropy(encoded, decoded, { ...target, ...(context.training && { labelSmoothing }) });
  const { lossWeight } = parts.attention.coverage;
  const { coverageLoss } = decoded;
  if (!context.training || !coverageLoss || lossWeight === 0) return { sum, count };
  return { sum: tf.add(sum, tf.mul(coverageLoss, lossWeight)), count };
}

function trainingInputs(
  model: TranslationModel,
  {
    batch,
    encoded,
    key,
  }: { batch: Batch; encoded: ReturnType<TranslationModel['encode']>; key: RandomKey | undefined },
): Int32Array {
  const { rate, epochs } = model.config.scheduledSampling;
  const reached = rate * Math.min(1, (batch.epoch ?? 0) / epochs);
  if (!key || reached === 0) return batch.target.inputs;
  return scheduledInputs(model, { encoded, target: batch.target, rate: reached, key: deriveKey(key, 'sampling') });
}
