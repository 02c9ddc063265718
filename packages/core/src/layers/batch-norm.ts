import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';
import { normalizeBatch, rectifiedBatchNorm } from '../ops/batch-norm.js';
import { constant, zeros } from '../tensors/initializers.js';
import { createParameter } from '../tensors/parameters.js';
import { randomKey } from '../tensors/random.js';
import { tidy } from '../tensors/tidy.js';

export interface BatchNormOptions {
  readonly size: number;
  /** m: how much of the running statistics an update keeps; 0.9 unless set */
  readonly momentum?: number | undefined;
  /** ε, added to the variance; 1e-5 unless set */
  readonly epsilon?: number | undefined;
}

/** Running statistics after a batch, under the names of `BatchNorm.buffers`. */
export interface RunningStatistics {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalisation over the last axis.
 *
 *   y = (x − μ) / √(σ² + ε) ⊙ scale + offset
 *
 * In training μ and σ² are mean and variance of the batch's real positions, and the running statistics move towards them by
 * r ← m·r + (1 − m)·batch; otherwise they are the running statistics.
 *
 * Parameters: scale (ones at first) and offset (zeros); buffers: running mean (zeros) and variance (ones); each `[size]`.
 *
 * @see Ioffe & Szegedy 2015
 */
export class BatchNorm {
  readonly size: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly parameters: {
    readonly scale: tf.Variable<tf.Rank.R1>;
    readonly offset: tf.Variable<tf.Rank.R1>;
  };
  /** no gradient moves them: training assigns what `applyToBatch` returns */
  readonly buffers: {
    readonly mean: tf.Variable<tf.Rank.R1>;
    readonly variance: tf.Variable<tf.Rank.R1>;
  };

  constructor({ size, momentum = 0.9, epsilon = 1e-5 }: BatchNormOptions) {
    this.size = size;
    this.momentum = momentum;
    this.epsilon = epsilon;
    const unused = randomKey(0);
    this.parameters = {
      scale: createParameter([size], constant(1), unused),
      offset: createParameter([size], zeros, unused),
    };
    this.buffers = {
      mean: createParameter([size], zeros, unused),
      variance: createParameter([size], constant(1), unused),
    };
  }

  /**
   * With the running statistics.
   *
   * @param input - `[…, size]` @returns the same shape @throws {ShapeError} `shape/mismatch` for another last axis
   */
  apply<T extends tf.Tensor>(input: T): T {
    this.#check(input);
    const { mean, variance } = this.buffers;
    return tf.tidy(() => {
      const factor = tf.mul(tf.rsqrt(tf.add(variance, this.epsilon)), this.parameters.scale);
      return tf.add(tf.mul(input, factor), tf.sub(this.parameters.offset, tf.mul(mean, factor)));
    });
  }

  /**
   * With the statistics of the batch.
   *
   * @param input - `[…, size]`
   * @param mask - 1 = real, 0 = padding, of a shape that broadcasts to the input's (`[batch, time, 1, 1]`); all are real unless given
   * @returns the same shape, and what the running statistics are after the batch, without a gradient; the caller owns all
   * @throws {ShapeError} `shape/mismatch` for another last axis
   */
  applyToBatch<T extends tf.Tensor>(
    input: T,
    mask?: tf.Tensor,
  ): { readonly output: T; readonly running: RunningStatistics } {
    this.#check(input);
    return tidy(() => {
      const { output, ...batch } = normalizeBatch({ input, mask, ...this.parameters }, this.epsilon);
      return { output, running: this.#moved(batch) };
    });
  }

  /**
   * The same with a rectifier behind it, ReLU(`applyToBatch`), and zeros in padding: quicker where the engine knows how.
   *
   * @see rectifiedBatchNorm
   */
  rectifyBatch<T extends tf.Tensor>(
    input: T,
    mask?: tf.Tensor,
  ): { readonly output: T; readonly running: RunningStatistics } {
    this.#check(input);
    return tidy(() => {
      const { output, ...batch } = rectifiedBatchNorm({ input, mask, ...this.parameters }, this.epsilon);
      return { output, running: this.#moved(batch) };
    });
  }

  #moved({ mean, variance }: RunningStatistics): RunningStatistics {
    const moved = (running: tf.Tensor1D, batch: tf.Tensor1D) =>
      tf.add<tf.Tensor1D>(tf.mul(running, this.momentum), tf.mul(batch, 1 - this.momentum));
    return { mean: moved(this.buffers.mean, mean), variance: moved(this.buffers.variance, variance) };
  }

  #check({ shape }: tf.Tensor): void {
    if (shape.at(-1) === this.size) return;
    throw new ShapeError('shape/mismatch', `input must be […, size] = […, ${this.size}], got [${shape.join(', ')}]`);
  }
}
