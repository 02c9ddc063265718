import type * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';
import { assertShape, assertType } from '../tensors/shapes.js';

/** The scores of a linear-chain conditional random field over T time steps, B sequences, K tags. */
export interface CrfTensors {
  /** `[time, batch, tags]`: of each tag at each step */
  readonly emissions: tf.Tensor3D;
  /** `[tags, tags]`: of going from one tag (row) to the next (column) */
  readonly transitions: tf.Tensor2D;
  /** `[tags]`: of beginning with a tag */
  readonly start: tf.Tensor1D;
  /** `[tags]`: of ending with a tag */
  readonly end: tf.Tensor1D;
  /** int32 `[batch]`, each 0 … time */
  readonly lengths: tf.Tensor1D;
}

/**
 * What to add to a score in order to forbid it; what is at most half of it (so that learned weights cannot lift it) forbids.
 * A row of tags with a forbidden score in it has probability exactly 0: it takes part in no sum, and no gradient reaches
 * the score.
 *
 * A sequence whose given tags fit no permitted row has this as its log-likelihood, and no gradient: a large loss that is
 * seen, and neither infinity nor NaN.
 */
export const forbiddenScore = -10_000;

/** Scores at or below this forbid. */
export const forbiddenLimit = forbiddenScore / 2;

/** @throws {ShapeError} `shape/mismatch`, `shape/type`, `shape/range` for a length that does not fit */
export function checkCrfTensors({ emissions, transitions, start, end, lengths }: CrfTensors): void {
  assertShape('emissions', emissions, { time: 'any', batch: 'any', tags: 'any' });
  const [timeSteps, batch, tags] = emissions.shape;
  assertShape('transitions', transitions, { from: tags, to: tags });
  assertShape('start', start, { tags });
  assertShape('end', end, { tags });
  assertShape('lengths', lengths, { batch });
  assertType('lengths', lengths, 'int32');
  if (tags === 0) throw new ShapeError('shape/range', 'emissions must have at least one tag, got [time, batch, 0]');
  lengths.dataSync().forEach((length, b) => {
    if (length >= 0 && length <= timeSteps) return;
    throw new ShapeError('shape/range', `lengths[${b}] must be from 0 to ${timeSteps} (the time steps), got ${length}`);
  });
}

/** @throws {ShapeError} `shape/mismatch`, `shape/type`, `shape/range` for a tag of a real step that is none */
export function checkCrfTags(tags: tf.Tensor2D, { emissions, lengths }: CrfTensors): void {
  const [time, batch, tagCount] = emissions.shape;
  assertShape('tags', tags, { time, batch });
  assertType('tags', tags, 'int32');
  const [ids, valid] = [tags.dataSync(), lengths.dataSync()];
  for (let t = 0; t < time; t++) {
    for (let b = 0; b < batch; b++) {
      const tag = ids[t * batch + b]!;
      if (t >= valid[b]! || (tag >= -1 && tag < tagCount)) continue;
      const expected = `from 0 to ${tagCount - 1}, or −1 where it is not known`;
      throw new ShapeError('shape/range', `tags[${t}, ${b}] must be ${expected}, got ${tag}`);
    }
  }
}
