import { deriveKey, permutation, type RandomKey } from '../tensors/random.js';

export interface BucketLimits {
  /** items of a batch at most */
  readonly items: number;
  /** longest length × items of a batch at most; an item longer than that is a batch by itself */
  readonly tokens: number;
}

/** Items of about one length, cut into batches. */
export interface Buckets {
  /** the same for every key */
  readonly batchCount: number;
  /**
   * Numbers of the items of every batch: each item once. With a key, which items of a bucket share a batch is drawn, and so is the
   * order of the batches; without one they come by rising length, and items of one length in order.
   */
  batches(key?: RandomKey): readonly Uint32Array[];
}

/** A bucket ends where items are longer than its shortest by more than this factor: what padding costs at most. */
const spread = 1.25;

/**
 * Groups items by length, so that little of a batch is padding, and yet other items meet in each epoch.
 *
 * A bucket holds items of up to 1.25 times its shortest length, or of more where they would not fill a batch. Its batches are as
 * large as the limits allow for its longest item, and differ by one item at most.
 *
 * @param lengths - of the items; empty ones count as 1
 */
export function createBuckets(lengths: ArrayLike<number>, limits: BucketLimits): Buckets {
  const sorted = Uint32Array.from({ length: lengths.length }, (_, item) => item);
  sorted.sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  const sizeFor = (length: number) =>
    Math.max(1, Math.min(limits.items, Math.floor(limits.tokens / Math.max(1, length))));
  const lengthAt = (place: number) => lengths[sorted[place]!]!;
  const buckets: Bucket[] = [];
  for (let start = 0; start < sorted.length;) {
    let end = start + 1;
    const widest = Math.max(1, lengthAt(start)) * spread;
    while (end < sorted.length && (lengthAt(end) <= widest || end - start < sizeFor(lengthAt(end)))) end += 1;
    const batches = Math.ceil((end - start) / sizeFor(lengthAt(end - 1)));
    buckets.push({ items: sorted.subarray(start, end), batches });
    start = end;
  }
  const batchCount = buckets.reduce((sum, { batches }) => sum + batches, 0);
  return {
    batchCount,
    batches(key) {
      const all = buckets.flatMap((bucket, index) => cut(bucket, key && deriveKey(key, 'bucket', index)));
      return key ? Array.from(permutation(deriveKey(key, 'order'), batchCount), (place) => all[place]!) : all;
    },
  };
}

interface Bucket {
  /** by rising length */
  readonly items: Uint32Array;
  readonly batches: number;
}

function cut({ items, batches }: Bucket, key: RandomKey | undefined): Uint32Array[] {
  const drawn = key ? permutation(key, items.length).map((place) => items[place]!) : items;
  const boundary = (index: number) => Math.floor((index * items.length) / batches);
  return Array.from({ length: batches }, (_, index) => drawn.subarray(boundary(index), boundary(index + 1)));
}
