import type * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';
import { assertShape, assertType } from '../tensors/shapes.js';

export interface AttentionTensors {
  /** what asks: `[queries, batch, size]`, queries being time steps or hypotheses of each sentence */
  readonly query: tf.Tensor3D;
  /** what is compared with it: `[sourceTime, batch, size]` */
  readonly keys: tf.Tensor3D;
  /** what is read: `[sourceTime, batch, width]` */
  readonly values: tf.Tensor3D;
  /** v of an additive score, `[size]` */
  readonly scoreVector?: tf.Tensor1D | undefined;
  /** int32 `[batch]`, each 0 … sourceTime; all sourceTime when absent. Places past a length have weight 0. */
  readonly lengths?: tf.Tensor1D | undefined;
  /** added to the scores, `[queries, batch, sourceTime]`; −Infinity forbids a place */
  readonly scoreBias?: tf.Tensor3D | undefined;
}

export interface AttentionOptions {
  /** additive: v·tanh(q + k); dot: scale · (q·k) */
  readonly score: 'additive' | 'dot';
  /** of dot; 1 unless set */
  readonly scale?: number | undefined;
}

export interface AttentionResult {
  /** Σ_s weights_s · values_s: `[queries, batch, width]` */
  readonly context: tf.Tensor3D;
  /** `[queries, batch, sourceTime]`: each row sums to 1, or is 0 where every place is forbidden */
  readonly weights: tf.Tensor3D;
}

/** @throws {ShapeError} `shape/mismatch`, `shape/type`, `shape/range` for a length that does not fit */
export function checkAttentionTensors(
  { query, keys, values, scoreVector, lengths, scoreBias }: AttentionTensors,
  score: AttentionOptions['score'],
): void {
  assertShape('query', query, { queries: 'any', batch: 'any', size: 'any' });
  const [queries, batch, size] = query.shape;
  assertShape('keys', keys, { sourceTime: 'any', batch, size });
  const sourceTime = keys.shape[0];
  assertShape('values', values, { sourceTime, batch, width: 'any' });
  for (const [axis, length] of Object.entries({ queries, size, sourceTime, width: values.shape[2] })) {
    if (length === 0) throw new ShapeError('shape/range', `attention needs at least one of ${axis}, got 0`);
  }
  if ((score === 'additive') !== (scoreVector !== undefined)) {
    const expected = score === 'additive' ? `[size] = [${size}], got none` : 'absent where the score is dot, got one';
    throw new ShapeError('shape/mismatch', `scoreVector must be ${expected}`);
  }
  if (scoreVector) assertShape('scoreVector', scoreVector, { size });
  if (scoreBias) assertShape('scoreBias', scoreBias, { queries, batch, sourceTime });
  if (lengths) checkLengths(lengths, batch, sourceTime);
}

function checkLengths(lengths: tf.Tensor1D, batch: number, sourceTime: number): void {
  assertShape('lengths', lengths, { batch });
  assertType('lengths', lengths, 'int32');
  lengths.dataSync().forEach((length, b) => {
    if (length >= 0 && length <= sourceTime) return;
    const expected = `from 0 to ${sourceTime} (the source's time steps)`;
    throw new ShapeError('shape/range', `lengths[${b}] must be ${expected}, got ${length}`);
  });
}
