import { createBuckets, deriveKey, permutation, type BatchSource, type RandomKey } from '@unroll/core';
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
 * Batches of pairs whose sides are of about one length each. With byte-pair dropout the pieces of a whole epoch are drawn first; its
 * batches are as many and as large as without, so that one may be a little over the limit of tokens.
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
  const drawPieces = (key: RandomKey) =>
    pairs.map((pair, item) => encodeExample(pair, { segmenters, copy: config.model.copy, key: deriveKey(key, item) }));
  return {
    batchesPerEpoch: buckets.batchCount,
    *batches(epoch, key, from) {
      const orderKey = isTraining ? deriveKey(key, 'order', epoch) : undefined;
      const drawn = drops ? drawPieces(deriveKey(key, 'merge-dropout', epoch)) : examples;
      const sizes = () => buckets.batches().map(({ length }) => length);
      const groups = drops ? refill(sizes(), drawn, orderKey!) : buckets.batches(orderKey);
      for (let index = from; index < groups.length; index++) {
        const group = groups[index]!;
        const batch = createBatch(
          Array.from(group, (item) => drawn[item]!),
          startId,
        );
        yield isTraining ? { ...batch, epoch } : { ...batch, pairs: Array.from(group, (item) => pairs[item]!) };
      }
    },
  };
}

/** Batches that are filled with targets of about one length, and then each with sources of about one length. */
const batchesOfOneLength = 8;

/**
 * Batches of given sizes, which are of rising length, for examples whose lengths are others now: made by the lengths before dropout a
 * third of their places would be padding. Which examples of one length share a batch is drawn, and so is the order of the batches.
 */
function refill(sizes: readonly number[], examples: readonly Example[], key: RandomKey): readonly Uint32Array[] {
  const targetLength = (item: number) => examples[item]!.target!.length;
  const sourceLength = (item: number) => examples[item]!.source.length;
  const byTarget = permutation(deriveKey(key, 'ties'), examples.length).toSorted(
    (a, b) => targetLength(a) - targetLength(b),
  );
  const batches: Uint32Array[] = [];
  let start = 0;
  for (let first = 0; first < sizes.length; first += batchesOfOneLength) {
    const some = sizes.slice(first, first + batchesOfOneLength);
    const end = start + some.reduce((sum, size) => sum + size, 0);
    const bySource = byTarget.slice(start, end).toSorted((a, b) => sourceLength(a) - sourceLength(b));
    let place = 0;
    for (const size of some) batches.push(bySource.subarray(place, (place += size)));
    start = end;
  }
  return Array.from(permutation(deriveKey(key, 'batches'), batches.length), (place) => batches[place]!);
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
