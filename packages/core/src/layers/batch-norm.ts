import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';
import { constant, zeros } from '../tensors/initializers.js';
import { createParameter } from '../tensors/parameters.js';
import { randomKey } from '../tensors/random.js';

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
    const { scale, offset } = this.parameters;
    const [output, mean, variance] = tf.tidy(() => {
      const axes = input.shape.slice(0, -1).map((_, axis) => axis);
      const real: tf.Tensor = mask ?? tf.ones(input.shape.map(() => 1));
      // A masked position stands for all positions of the input that it is broadcast over.
      const repeats = input.size / this.size / real.size;
      const count = tf.maximum(tf.mul(tf.sum(real), repeats), 1);
      const batchMean = tf.div(tf.sum(tf.mul(input, real), axes), count);
      const centred = tf.sub(input, batchMean);
      const batchVariance = tf.div(tf.sum(tf.mul(tf.square(centred), real), axes), count);
      const normal = tf.mul(centred, tf.rsqrt(tf.add(batchVariance, this.epsilon)));
      return [
        tf.add<T>(tf.mul(normal, scale), offset),
        this.#moved(this.buffers.mean, batchMean),
        this.#moved(this.buffers.variance, batchVariance),
      ];
    });
    return { output, running: { mean, variance } };
  }

  #moved(running: tf.Tensor1D, batch: tf.Tensor): tf.Tensor1D {
    return tf.add(tf.mul(running, this.momentum), tf.mul(batch, 1 - this.momentum));
  }

  #check({ shape }: tf.Tensor): void {
    if (shape.at(-1) === this.size) return;
    throw new ShapeError('shape/mismatch', `input must be […, size] = […, ${this.size}], got [${shape.join(', ')}]`);
  }
}
