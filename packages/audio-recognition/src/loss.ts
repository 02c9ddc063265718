import { crossEntropy, type LossContext, type LossResult } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { classStatistics } from './metrics.js';
import type { Batch, RecognitionModel } from './types.js';

/**
 * Negative log-likelihood of what the recordings of a batch are, in nats.
 *
 *   classify, speaker: −Σ ln p(class | sound)          count = recordings
 *
 * In training of speaker the margin is taken off the cosine to the right voice; of both, labels are smoothed. In evaluation there are the
 * statistics that `classScoresOf` reads.
 *
 * @param batch - with targets
 */
export function recognitionLoss(model: RecognitionModel, batch: Batch, context: LossContext): LossResult {
  return classLoss(model, batch, context);
}

function classLoss(model: RecognitionModel, batch: Batch, { training, key }: LossContext): LossResult {
  const options = training ? { key } : {};
  const { labelSmoothing } = model.config;
  const known = batch.targets!.map((target) => (target >= 0 ? 1 : 0));
  const targets = tf.tensor1d(
    batch.targets!.map((target) => Math.max(0, target)),
    'int32',
  );
  const encoded = model.encode(batch, options);
  const { buffers } = encoded;
  const logits = model.classLogits(model.pool(encoded, options));
  const mask = tf.tensor1d(Float32Array.from(known));
  if (training) {
    const { sum } = crossEntropy(withMargin(model, logits, targets), { targets, mask }, { labelSmoothing });
    return { sum, count: batch.count, ...(buffers && { buffers }) };
  }
  const { sum } = crossEntropy(logits, { targets, mask });
  const statistics = classStatistics(logits.dataSync() as Float32Array, batch.targets!, model.facts.classes.size);
  return { sum, count: batch.count, statistics };
}

/** s·(cos − m) of the right class, s·cos of the others. */
function withMargin({ config, facts }: RecognitionModel, logits: tf.Tensor2D, targets: tf.Tensor1D): tf.Tensor2D {
  const { cosineMargin, cosineScale } = config.model;
  if (config.task !== 'speaker' || cosineMargin === 0) return logits;
  return tf.sub(logits, tf.oneHot(targets, facts.classes.size, cosineScale * cosineMargin, 0, 'float32'));
}
