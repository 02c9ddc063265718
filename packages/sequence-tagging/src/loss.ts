import type { LossContext, LossResult, Statistics } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { adversarialVectors } from './adversarial.js';
import type { SequenceTaggingConfig } from './config.js';
import { addStatistics, noStatistics, scoresOfStatistics, tagStatistics, type TagStatistics } from './metrics.js';
import { tagTexts } from './heads/tag-texts.js';
import type { Batch, ForwardOptions, TagColumn, TagHead, TaggingModel, TagScores } from './types.js';

/**
 * Negative log-likelihood of the tags of a batch, in nats, summed over the columns.
 *
 *   loss = Σ over columns of −ln p(tags | x)      count = tokens
 *
 * A column whose tags are not known at a token has no term for it. With `config.adversarial` the same loss at the worst neighbour
 * of the input is added in training:
 *
 *   loss(x) + weight · loss(x + r)
 *
 * In evaluation the tags are also decoded and `statistics` says how many are right (`columnScores`).
 *
 * @param batch - with targets
 */
export function taggingLoss(model: TaggingModel, batch: Batch, context: LossContext): LossResult {
  const { training } = context;
  const options: ForwardOptions = training ? { key: context.key } : {};
  const vectors = model.embed(batch, options);
  if (training) {
    const lossAt = (x: tf.Tensor) => headsLoss(model.heads, model.encode(x as tf.Tensor3D, batch, options), batch);
    return { sum: trainingLoss(lossAt, vectors, { ...model.config.adversarial, ...batch }), count: batch.count };
  }
  const hidden = model.encode(vectors, batch, options);
  const statistics = batchStatistics(model, hidden, batch);
  return { sum: headsLoss(model.heads, hidden, batch), count: batch.count, statistics };
}

/** The loss at the input vectors, and that at their worst neighbours. */
function trainingLoss(
  lossAt: (vectors: tf.Tensor) => tf.Scalar,
  vectors: tf.Tensor3D,
  { epsilon, weight, lengths }: SequenceTaggingConfig['adversarial'] & Pick<Batch, 'lengths'>,
): tf.Scalar {
  if (epsilon === 0 || weight === 0) return lossAt(vectors);
  // The value stays on the tape of the training step, which goes back through the same forward pass once more.
  const { value, grad } = tf.valueAndGrad(lossAt)(vectors);
  const worst = adversarialVectors(vectors, grad as tf.Tensor3D, { epsilon, lengths });
  return tf.add(value, tf.mul(weight, lossAt(worst)));
}

function headsLoss(heads: readonly TagHead[], hidden: tf.Tensor3D, batch: Batch): tf.Scalar {
  const losses = heads.map((head, column) => head.loss(hidden, batch, batch.targets![column]!));
  return losses.length === 1 ? losses[0]! : tf.addN(losses);
}

/** The sums of `tagStatistics` for each column, by `<number of the column>.<name of the sum>`. */
function batchStatistics({ heads }: TaggingModel, hidden: tf.Tensor3D, batch: Batch): Statistics {
  const statistics = heads.map((head, index) => {
    const { column } = head;
    const gold = goldRows(batch, index, column);
    const text = (ids: Int32Array) => tagTexts(ids, column);
    return head
      .decode(hidden, batch)
      .map(({ ids }, row) => tagStatistics(text(gold[row]!), text(ids), column))
      .reduce(addStatistics, noStatistics);
  });
  return Object.fromEntries(
    statistics.flatMap((sums, index) => Object.entries(sums).map(([name, value]) => [`${index}.${name}`, value])),
  );
}

/** Targets of each sentence, without padding. */
function goldRows({ targets, lengths }: Batch, index: number, { multiLabel, tags }: TagColumn): readonly Int32Array[] {
  const width = multiLabel ? tags.size : 1;
  const all = targets![index]!;
  return Array.from(lengths, (length, row) => {
    const place = (i: number) => (Math.floor(i / width) * lengths.length + row) * width + (i % width);
    return Int32Array.from({ length: length * width }, (_, i) => all[place(i)]!);
  });
}

/** The scores of each column from the summed statistics of `taggingLoss`. */
export function columnScores(statistics: Statistics, columns: readonly TagColumn[]): readonly TagScores[] {
  return columns.map((_, index) => {
    const names = Object.keys(noStatistics) as (keyof TagStatistics)[];
    const sums = Object.fromEntries(names.map((name) => [name, statistics[`${index}.${name}`] ?? 0]));
    return scoresOfStatistics(sums as TagStatistics);
  });
}
