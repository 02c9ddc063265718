import {
  crossEntropy,
  ctcGreedy,
  ctcLoss,
  ctcMinimumFrames,
  type LossContext,
  type LossResult,
  type Statistics,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { countErrors } from './evaluation/text-alignment.js';
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
 *   transcribe: `transcriptionLoss`                    count = symbols, at least 1 a recording
 *
 * In evaluation `errors` and `symbols` are those of greedy transcripts, `impossible` recordings that are too short for theirs.
 *
 * @param batch - with targets, of transcribe with symbols
 */
export function recognitionLoss(model: RecognitionModel, batch: Batch, context: LossContext): LossResult {
  return model.config.task === 'transcribe' ? symbolLoss(model, batch, context) : classLoss(model, batch, context);
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

function symbolLoss(model: RecognitionModel, batch: Batch, { training, key }: LossContext): LossResult {
  const options = training ? { key } : {};
  const encoded = model.encode(batch, options);
  const { buffers, lengths } = encoded;
  const logits = model.symbolLogits(encoded, options);
  const targets = { lengths, symbols: batch.symbols! };
  const loss = transcriptionLoss(logits, targets);
  if (training) return { ...loss, ...(buffers && { buffers }) };
  return { ...loss, statistics: { ...loss.statistics, ...greedyErrors(logits, targets) } };
}

function greedyErrors(logits: tf.Tensor3D, { lengths, symbols }: TranscriptionTargets): Statistics {
  const written = ctcGreedy(logits, { lengths });
  const counts = symbols.map((ids, b) => countErrors(Array.from(ids, String), Array.from(written[b]!.ids, String)));
  return {
    errors: counts.reduce((sum, each) => sum + each.substitutions + each.insertions + each.deletions, 0),
    symbols: symbols.reduce((sum, { length }) => sum + length, 0),
  };
}

export interface TranscriptionTargets {
  /** `[batch]`, steps of the logits: `EncodedSound.lengths` */
  readonly lengths: Int32Array;
  /** `[batch]`, ids of the transcripts */
  readonly symbols: readonly Int32Array[];
}

/**
 * Connectionist temporal classification of a batch, in nats: `ctcLoss` summed over recordings. One with fewer steps than its transcript
 * needs is left out, since its loss is infinite.
 *
 *   loss = Σ over recordings of −ln p(symbols | logits)      count = symbols, at least 1 a recording
 *
 * @param logits - `[time, batch, symbols]`, before the softmax; symbol 0 is the blank
 * @returns `statistics.impossible`: recordings that were left out
 */
export function transcriptionLoss(logits: tf.Tensor3D, { lengths, symbols }: TranscriptionTargets): LossResult {
  const possible = symbols.map((ids, b) => ctcMinimumFrames(ids) <= lengths[b]!);
  const count = symbols.reduce((sum, { length }, b) => sum + (possible[b] ? Math.max(1, length) : 0), 0);
  const sum = tf.tidy(() => {
    const losses = ctcLoss(logits, { lengths, labels: symbols });
    return tf.sum<tf.Scalar>(
      possible.includes(false) ? tf.where(tf.tensor1d(possible, 'bool'), losses, tf.zerosLike(losses)) : losses,
    );
  });
  return { sum, count, statistics: { impossible: possible.filter((each) => !each).length } };
}
