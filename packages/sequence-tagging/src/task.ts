import type { Scores, Statistics, Task } from '@unroll/core';
import { createBatchSource } from './batches.js';
import type { SequenceTaggingConfig } from './config.js';
import type { PreparedSentences } from './prepare-sentences.js';
import { columnScores, taggingLoss } from './loss.js';
import { mainScore } from './metrics.js';
import type { Batch, TagColumn, TaggingModel } from './types.js';

export interface SequenceTaggingTaskOptions {
  readonly config: SequenceTaggingConfig;
  readonly model: TaggingModel;
  readonly prepared: PreparedSentences;
}

/**
 * Read first: what the trainer needs to know of sequence tagging.
 *
 *   file ─ records.ts, formats/ ─► sentences ─ examples.ts, schemes/ ─► facts, examples ─ batches.ts ─► batch
 *     ─ model.ts: inputs/, characters/, core's Stack ─► hidden vectors ─ heads/, loss.ts ─► { sum, count, statistics } ─► trainer
 *     └─ decode.ts ─► tags, probabilities     metrics.ts, evaluation/ ─► scores
 *
 * One head for each column of tags; all of them read the same hidden vectors. Validation also decodes, and the best
 * weights are those with the highest F1 of the first column that has spans, several labels or O, or else the highest accuracy
 * of the first column.
 */
export function createTaggingTask({ config, model, prepared }: SequenceTaggingTaskOptions): Task<Batch> {
  const { facts, splits, spellings } = prepared;
  const options = { spellings, config, facts };
  return {
    name: 'sequence-tagging',
    parameters: model.parameters,
    train: createBatchSource(splits.train.examples, { ...options, part: 'train' }),
    ...(splits.valid && { valid: createBatchSource(splits.valid.examples, { ...options, part: 'valid' }) }),
    loss: (batch, context) => taggingLoss(model, batch, context),
    lossDivisor: (_batch, count) => count,
    scores: (lossSum, count, statistics) => ({
      loss: lossSum / count,
      count,
      ...namedScores(statistics, facts.columns),
    }),
    bestScore: { name: decisiveScore(facts.columns), better: 'higher' },
  };
}

/** The score that the best weights are chosen by: of one column its main score, of several the mean of theirs. */
export function decisiveScore(columns: readonly TagColumn[]): 'f1' | 'accuracy' | 'mean' {
  return columns.length === 1 ? mainScore(columns[0]!) : 'mean';
}

/** Scores of one column by their names; of several `<column>.<score>` of each, and the mean of their main scores. */
function namedScores(statistics: Statistics, columns: readonly TagColumn[]): Omit<Scores, 'loss' | 'count'> {
  const scores = columnScores(statistics, columns).map(({ accuracy, precision, recall, f1 }) => ({
    accuracy,
    precision,
    recall,
    f1,
  }));
  if (columns.length === 1) return scores[0]!;
  const sum = scores.reduce((total, each, i) => total + each[mainScore(columns[i]!)], 0);
  const all = columns.flatMap(({ name }, i) =>
    Object.entries(scores[i]!).map(([score, value]) => [`${name}.${score}`, value]),
  );
  return { mean: sum / columns.length, ...Object.fromEntries(all) };
}
