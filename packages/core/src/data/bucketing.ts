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

export interface BucketOptions {
  /** a bucket ends where items are longer than its shortest by more than this factor: what padding costs at most; 1.25 unless set */
  readonly spread?: number | undefined;
  /** a second length of each item, as pairs have one: both are padded, and the longer of them counts for the limits */
  readonly others?: ArrayLike<number> | undefined;
}

/** Batches that a part by the second length holds at least, so that other items meet in each epoch. */
const leastBatches = 4;

/**
 * Groups items by length, so that little of a batch is padding, and yet other items meet in each epoch.
 *
 * A bucket holds items of up to `spread` times its shortest length, or of more where they would not fill a batch. Of items with two
 * lengths each bucket is parted once more, by the second one, where that leaves some batches in each part. The batches of a bucket
 * are as large as the limits allow for its longest item, and differ by one item at most.
 *
 * @param lengths - of the items; empty ones count as 1
 */
export function createBuckets(
  lengths: ArrayLike<number>,
  limits: BucketLimits,
  { spread = 1.25, others }: BucketOptions = {},
): Buckets {
  const sizeFor = (length: number) =>
    Math.max(1, Math.min(limits.items, Math.floor(limits.tokens / Math.max(1, length))));
  const longerOf = (item: number) => Math.max(lengths[item]!, others?.[item] ?? 0);
  const batchSize = (items: Uint32Array) => sizeFor(items.reduce((most, item) => Math.max(most, longerOf(item)), 0));
  const all = Uint32Array.from({ length: lengths.length }, (_, item) => item);
  const groups = part(all, { by: lengths, spread, isFull: (items, next) => items >= sizeFor(longerOf(next)) });
  const parts = others
    ? groups.flatMap((group) => {
        const size = batchSize(group);
        const isFull = (items: number, _: number, rest: number) => items >= leastBatches * size && rest >= size;
        return part(group, { by: others, spread, isFull });
      })
    : groups;
  const buckets = parts.map((items): Bucket => ({ items, batches: Math.ceil(items.length / batchSize(items)) }));
  const batchCount = buckets.reduce((sum, { batches }) => sum + batches, 0);
  return {
    batchCount,
    batches(key) {
      const all = buckets.flatMap((bucket, index) => cut(bucket, key && deriveKey(key, 'bucket', index)));
      return key ? Array.from(permutation(deriveKey(key, 'order'), batchCount), (place) => all[place]!) : all;
    },
  };
}

interface PartOptions {
  readonly by: ArrayLike<number>;
  readonly spread: number;
  /** whether a part of so many items can end before the item `next`, with so many items behind it */
  readonly isFull: (items: number, next: number, rest: number) => boolean;
}

/** Sorts items by a length and ends a part where they get longer than its shortest one by more than `spread`. */
function part(items: Uint32Array, { by, spread, isFull }: PartOptions): Uint32Array[] {
  const sorted = items.toSorted((a, b) => by[a]! - by[b]! || a - b);
  const parts: Uint32Array[] = [];
  for (let start = 0; start < sorted.length;) {
    let end = start + 1;
    const widest = Math.max(1, by[sorted[start]!]!) * spread;
    const goesOn = (next: number) => by[next]! <= widest || !isFull(end - start, next, sorted.length - end);
    while (end < sorted.length && goesOn(sorted[end]!)) end += 1;
    parts.push(sorted.subarray(start, end));
    start = end;
  }
  return parts;
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
