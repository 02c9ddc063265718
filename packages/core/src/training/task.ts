import type * as tf from '@tensorflow/tfjs-core';
import type { Parameters } from '../tensors/parameters.js';
import type { RandomKey } from '../tensors/random.js';

/** A loss as sum and count: averages are taken last, over real positions. */
export interface LossResult {
  /** scalar, in nats for cross-entropies */
  readonly sum: tf.Scalar;
  /** what `sum` runs over, for example real tokens */
  readonly count: number;
  /** carried to the next batch, cut from the gradient; absent when batches are independent */
  readonly state?: CarriedState;
  /** counts of an evaluation that scores besides the loss are made of, summed over batches: correct tokens; not asked for in training */
  readonly statistics?: Statistics;
  /** of training: the values of `Task.buffers` after the batch, by the same names; the trainer assigns them if the step succeeds */
  readonly buffers?: Readonly<Record<string, tf.Tensor>>;
}

/** Sums by name. */
export type Statistics = Readonly<Record<string, number>>;

/** State that lives from batch to batch (stateful truncated BPTT), by name. */
export type CarriedState = Readonly<Record<string, tf.Tensor>>;

export interface LossContext {
  /** true: dropout and the like are on */
  readonly training: boolean;
  /** randomness of this step; absent in evaluation */
  readonly key?: RandomKey;
  /** what the previous batch returned; absent for the first batch of an epoch or split */
  readonly state?: CarriedState;
}

/** Batches of one pass, in order; the same for the same epoch and key. */
export interface BatchSource<Batch> {
  /** how many batches one epoch has */
  readonly batchesPerEpoch: number;
  /** the batches of `epoch` (from 0), starting at batch index `from`, so that a resumed run skips what it has seen */
  batches(epoch: number, key: RandomKey, from: number): Iterable<Batch> | AsyncIterable<Batch>;
}

/** Named scores of a split. Every task has `loss`, the mean over `count` items in the task's own unit. */
export type Scores = Readonly<Record<string, number>> & { readonly loss: number; readonly count: number };

/**
 * How a batch whose loss carries state is cut along time, so that gradients need not keep all of it at once. The sum of
 * the pieces' losses, each from the state after the piece before it, is the loss of the batch, with the same key.
 */
export interface BatchPieces<Batch> {
  /**
   * The pieces in order; what one of them keeps for its backward pass, and the states between all of them, take at most
   * so many bytes.
   *
   * @throws {ConfigError} `config/activation-bytes` if no piece is short enough
   */
  cut(batch: Batch, bytes: number): readonly Batch[];
  /** The state that `loss` would return, without the loss. */
  state(batch: Batch, context: LossContext): CarriedState;
}

/**
 * What a task package fills in, and all that the trainer knows of it. Tensors that a batch owns are made inside `loss`
 * (batches are plain arrays), so that one `tf.tidy` frees a whole step.
 */
export interface Task<Batch> {
  readonly name: string;
  /** all trainable variables */
  readonly parameters: Parameters;
  /**
   * Numbers that training moves without a gradient (running statistics of batch normalisation): saved with the parameters, under names of
   * their own. Batches of such a task are not walked in pieces.
   */
  readonly buffers?: Parameters;
  readonly train: BatchSource<Batch>;
  readonly valid?: BatchSource<Batch>;

  loss(batch: Batch, context: LossContext): LossResult;

  /**
   * What the gradient is divided by: `'count'` (a mean per token) or a fixed number of parts, as recipes need whose
   * loss is summed over time and averaged over the batch alone (Zaremba et al. 2014).
   */
  lossDivisor(batch: Batch, count: number): number;

  /** Present where a long batch can be walked in pieces of time: `training.activationBytes`. */
  readonly inPieces?: BatchPieces<Batch>;

  /** Scores of a split from the sum of losses, count and statistics, for example perplexity. */
  scores(lossSum: number, count: number, statistics: Statistics): Scores;
  /** The score that picks the best checkpoint, and whether less or more is better. */
  readonly bestScore: { readonly name: string; readonly better: 'lower' | 'higher' };
}
