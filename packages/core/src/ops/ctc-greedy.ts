import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from '../tensors/shapes.js';
import { checkBlank, checkCtcLengths } from './ctc-labels.js';

export interface CtcGreedyOptions {
  /** `[batch]`, each 0 … time */
  readonly lengths: ArrayLike<number>;
  /** 0 unless set */
  readonly blank?: number | undefined;
}

export interface CtcGreedyResult {
  /** repetitions joined, blanks dropped */
  readonly ids: Int32Array;
  /** ln of the product of the largest probability of every frame: of this one alignment, at most `-ctcLoss` of the ids */
  readonly logProbability: number;
}

/**
 * What is most probable frame by frame, of each sequence of a batch: the best alignment, which need not belong to the best labels. Of equals
 * the lowest id.
 *
 * @param logits - `[time, batch, symbols]`, before the softmax
 * @throws {ShapeError} `shape/mismatch`, `shape/range` for a length or blank that does not fit
 */
export function ctcGreedy(logits: tf.Tensor3D, { lengths, blank = 0 }: CtcGreedyOptions): readonly CtcGreedyResult[] {
  assertShape('logits', logits, { time: 'any', batch: 'any', symbols: 'any' });
  const [timeSteps, batchSize, symbols] = logits.shape;
  checkBlank(blank, symbols);
  checkCtcLengths(lengths, { timeSteps, batchSize });
  const [best, logProbabilities] = tf.tidy(() => {
    const largest = tf.max(logits, 2, true);
    const sums = tf.sum(tf.exp(tf.sub(logits, largest)), 2);
    return [tf.argMax(logits, 2).dataSync(), tf.neg(tf.log(sums)).dataSync()] as const;
  });
  return Array.from({ length: batchSize }, (_, b) => {
    const join = joinRepetitions(blank);
    const ids: number[] = [];
    let logProbability = 0;
    for (let t = 0; t < lengths[b]!; t++) {
      const id = join(best[t * batchSize + b]!);
      if (id !== undefined) ids.push(id);
      logProbability += logProbabilities[t * batchSize + b]!;
    }
    return { ids: Int32Array.from(ids), logProbability };
  });
}

/**
 * The rule by which an alignment becomes labels, frame after frame, so that a stream can go on where it was.
 *
 * @returns for each frame's symbol: itself where a label begins, else nothing
 */
export function joinRepetitions(blank = 0): (id: number) => number | undefined {
  let before = blank;
  return (id) => {
    const begins = id !== blank && id !== before;
    before = id;
    return begins ? id : undefined;
  };
}
