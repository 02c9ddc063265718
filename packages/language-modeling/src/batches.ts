import { DataError, type BatchSource } from '@unroll/core';
import type { Batch, TokenStream } from './types.js';

export interface BatchSizes {
  /** parallel streams */
  readonly batchSize: number;
  /** the longest window */
  readonly truncationSteps: number;
}

/**
 * A text as `batchSize` parallel streams, cut into windows that follow each other, for stateful truncated BPTT: window
 * i + 1 goes on where window i ended, in every stream.
 *
 * Every token but the first is a target exactly once. Streams differ in length by one at most (the last window masks
 * the shorter ones), and windows by one step at most, so that no update stands on a rump of a window.
 */
export function createBatchSource(
  { ids }: TokenStream,
  { batchSize, truncationSteps }: BatchSizes,
): BatchSource<Batch> {
  const targets = ids.length - 1;
  const whole = Math.floor(targets / batchSize);
  const longer = targets % batchSize;
  const longest = whole + (longer > 0 ? 1 : 0);
  const windows = Math.ceil(longest / truncationSteps);
  const starts = Int32Array.from({ length: batchSize }, (_, b) => b * whole + Math.min(b, longer));
  const boundary = (index: number) => Math.floor((index * longest) / windows);

  const batch = (index: number): Batch => {
    const [from, to] = [boundary(index), boundary(index + 1)];
    const timeSteps = to - from;
    const size = timeSteps * batchSize;
    const window = { timeSteps, batchSize, inputs: new Int32Array(size), targets: new Int32Array(size), count: size };
    starts.forEach((start, b) => {
      for (let t = 0; t < timeSteps; t++) {
        const position = start + from + t;
        window.inputs[t * batchSize + b] = ids[position]!;
        window.targets[t * batchSize + b] = ids[position + 1]!;
      }
    });
    return to > whole ? maskShorter(window, longer) : window;
  };
  return {
    batchesPerEpoch: windows,
    *batches(_epoch, _key, from) {
      for (let index = from; index < windows; index++) yield batch(index);
    },
  };
}

/** A batch in `count` pieces of time, which differ in length by one step at most. */
export function cutBatch(batch: Batch, count: number): readonly Batch[] {
  const { timeSteps, batchSize, firstStep = 0, inputs, targets, mask } = batch;
  const boundary = (piece: number) => Math.floor((piece * timeSteps) / count);
  return Array.from({ length: count }, (_, piece) => {
    const [from, to] = [boundary(piece), boundary(piece + 1)];
    const part = [from * batchSize, to * batchSize] as const;
    const masked = mask?.subarray(...part);
    return {
      timeSteps: to - from,
      batchSize,
      inputs: inputs.subarray(...part),
      targets: targets.subarray(...part),
      ...(masked && { mask: masked }),
      count: masked ? masked.reduce((sum, value) => sum + value, 0) : (to - from) * batchSize,
      firstStep: firstStep + from,
    };
  });
}

/** In the last row only the first `longer` streams go on. What the others hold there belongs to their neighbour. */
function maskShorter(window: Batch, longer: number): Batch {
  const { timeSteps, batchSize } = window;
  const ended = batchSize - longer;
  const mask = new Float32Array(timeSteps * batchSize).fill(1).fill(0, timeSteps * batchSize - ended);
  return { ...window, mask, count: window.count - ended };
}

/** @throws {DataError} `data/too-short` for a text that does not fill one window of every stream */
export function requireWindow(
  text: { name: string; tokens: number },
  { batchSize, truncationSteps }: BatchSizes,
): void {
  const needed = batchSize * truncationSteps + 1;
  if (text.tokens === 0) throw new DataError('data/empty', `${text.name} is empty; give a text to learn from`);
  if (text.tokens >= needed) return;
  const message =
    `${text.name} has ${text.tokens} tokens to learn from; a window of ${batchSize} streams by ${truncationSteps} steps needs ` +
    `${needed}; give more text, or lower batches.batchSize or batches.truncationSteps`;
  throw new DataError('data/too-short', message);
}
