import { createBuckets, deriveKey, type BatchSource } from '@unroll/core';
import type { TranslationConfig } from './config.js';
import { encodeExample } from './examples.js';
import type { Segmenters } from './tokenization/create-segmenter.js';
import type { Batch, Example, SourceBatch, TargetBatch, TextPair } from './types.js';

export interface BatchSourceOptions {
  readonly segmenters: Segmenters;
  readonly config: TranslationConfig;
  /** train: in random order, cut into other pieces each epoch where `mergeDropout` says so; valid: in order of length, as they are */
  readonly part: 'train' | 'valid';
}

/** Pairs of a split, and their ids without byte-pair dropout. */
export interface EncodedPairs {
  readonly pairs: readonly TextPair[];
  readonly examples: readonly Example[];
}

/** Targets of a batch differ by at most so much in length, and its sources, too, where there are enough of them. */
const spread = 1.1;

/**
 * Batches of pairs whose sides are of about one length each. With byte-pair dropout a batch may be a little over the limit of
 * tokens, for it is made by the lengths without.
 */
export function createBatchSource(
  { pairs, examples }: EncodedPairs,
  { segmenters, config, part }: BatchSourceOptions,
): BatchSource<Batch> {
  const { sentences, tokens } = config.batches;
  const [sources, targets] = [
    examples.map(({ source }) => source.length),
    examples.map(({ target }) => target!.length),
  ];
  const buckets = createBuckets(targets, { items: sentences, tokens }, { others: sources, spread });
  const startId = segmenters.target.vocabulary.startId!;
  const isTraining = part === 'train';
  const drops = isTraining && config.tokenization.unit === 'byte-pair' && config.tokenization.mergeDropout > 0;
  return {
    batchesPerEpoch: buckets.batchCount,
    *batches(epoch, key, from) {
      const groups = buckets.batches(isTraining ? deriveKey(key, 'order', epoch) : undefined);
      const exampleOf = (item: number) => {
        if (!drops) return examples[item]!;
        const dropKey = deriveKey(key, 'merge-dropout', epoch, item);
        return encodeExample(pairs[item]!, { segmenters, copy: config.model.copy, key: dropKey });
      };
      for (let index = from; index < groups.length; index++) {
        const batch = createBatch(Array.from(groups[index]!, exampleOf), startId);
        yield isTraining
          ? { ...batch, epoch }
          : { ...batch, pairs: Array.from(groups[index]!, (item) => pairs[item]!) };
      }
    },
  };
}

/** One batch of examples that all have a target. */
export function createBatch(examples: readonly Example[], startId: number): Batch {
  const target = targetBatch(
    examples.map(({ target }) => target!),
    startId,
  );
  const count = target.lengths.reduce((sum, length) => sum + length, 0);
  return { batchSize: examples.length, source: sourceBatch(examples), target, count };
}

export function sourceBatch(examples: readonly Example[]): SourceBatch {
  const ids = pad(examples.map(({ source }) => source));
  const copied = examples.flatMap(({ sourceInTarget }) => (sourceInTarget ? [sourceInTarget] : []));
  return {
    timeSteps: ids.timeSteps,
    batchSize: examples.length,
    ids: ids.values,
    lengths: ids.lengths,
    ...(copied.length > 0 && { inTarget: pad(copied).values }),
  };
}

/** @param targets - with `</s>` */
export function targetBatch(targets: readonly Int32Array[], startId: number): TargetBatch {
  const { timeSteps, lengths, values } = pad(targets);
  const inputs = pad(targets.map((target) => afterStart(target, startId)));
  return { timeSteps, lengths, inputs: inputs.values, targets: values };
}

function afterStart(target: Int32Array, startId: number): Int32Array {
  const inputs = new Int32Array(target.length);
  inputs[0] = startId;
  inputs.set(target.subarray(0, -1), 1);
  return inputs;
}

interface Padded {
  readonly timeSteps: number;
  /** `[batch]` */
  readonly lengths: Int32Array;
  /** `[time, batch]` */
  readonly values: Int32Array;
}

function pad(rows: readonly Int32Array[]): Padded {
  const batchSize = rows.length;
  const lengths = Int32Array.from(rows, ({ length }) => length);
  const timeSteps = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  const values = new Int32Array(timeSteps * batchSize);
  rows.forEach((row, place) => {
    for (let t = 0; t < row.length; t++) values[t * batchSize + place] = row[t]!;
  });
  return { timeSteps, lengths, values };
}
