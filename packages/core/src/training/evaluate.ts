import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors.js';
import type { RandomKey } from '../tensors/random.js';
import { breathe } from './breathe.js';
import { cutBatch } from './batch-gradients.js';
import { disposeState, keepState } from './carried-state.js';
import type { BatchSource, CarriedState, Scores, Task } from './task.js';

export interface EvaluateOptions {
  /** for sources that draw, for example a sample of a split */
  readonly key: RandomKey;
  /** as in training, for batches as long as there; 0 unless set */
  readonly activationBytes?: number;
  readonly signal?: AbortSignal;
}

/**
 * One pass over a split without dropout, state carried from batch to batch. Tensors are freed batch by batch.
 *
 * @throws {TrainingError} `training/empty-split` if the split has nothing to score
 * @throws the signal's reason when aborted
 */
export async function evaluate<Batch>(
  task: Task<Batch>,
  source: BatchSource<Batch>,
  { key, signal, activationBytes = 0 }: EvaluateOptions,
): Promise<Scores> {
  let lossSum = 0;
  let count = 0;
  let state: CarriedState | undefined;
  const statistics: Record<string, number> = {};
  try {
    for await (const batch of source.batches(0, key, 0)) {
      signal?.throwIfAborted();
      for (const piece of cutBatch(task, batch, activationBytes)) {
        const previous = state;
        tf.tidy(() => {
          const loss = task.loss(piece, { training: false, ...(previous && { state: previous }) });
          lossSum += loss.sum.dataSync()[0]!;
          count += loss.count;
          for (const [name, value] of Object.entries(loss.statistics ?? {})) {
            statistics[name] = (statistics[name] ?? 0) + value;
          }
          state = keepState(loss.state);
        });
        disposeState(previous);
      }
      await breathe();
    }
  } finally {
    disposeState(state);
  }
  if (count === 0) throw new TrainingError('training/empty-split', `${task.name}: the split has nothing to score`);
  return task.scores(lossSum, count, statistics);
}
