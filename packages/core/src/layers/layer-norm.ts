import * as tf from '@tensorflow/tfjs-core';
import { constant, zeros } from '../tensors/initializers.js';
import { createParameter } from '../tensors/parameters.js';
import { randomKey } from '../tensors/random.js';
import { ShapeError } from '../errors.js';

export interface LayerNormOptions {
  readonly size: number;
  /** added to the variance; 1e-5 unless set */
  readonly epsilon?: number | undefined;
}

/**
 * Layer normalisation over the last axis.
 *
 *   y = (x − mean(x)) / √(variance(x) + ε) ⊙ scale + offset
 *
 * Parameters: scale (ones at first) and offset (zeros), each `[size]`.
 *
 * @see Ba, Kiros & Hinton 2016
 */
export class LayerNorm {
  readonly size: number;
  readonly epsilon: number;
  readonly parameters: {
    readonly scale: tf.Variable<tf.Rank.R1>;
    readonly offset: tf.Variable<tf.Rank.R1>;
  };

  constructor({ size, epsilon = 1e-5 }: LayerNormOptions) {
    this.size = size;
    this.epsilon = epsilon;
    const unused = randomKey(0);
    this.parameters = {
      scale: createParameter([size], constant(1), unused),
      offset: createParameter([size], zeros, unused),
    };
  }

  /** @param input - `[…, size]` @returns the same shape @throws {ShapeError} `shape/mismatch` for another last axis */
  apply<T extends tf.Tensor>(input: T): T {
    if (input.shape.at(-1) !== this.size) {
      throw new ShapeError(
        'shape/mismatch',
        `input must be […, size] = […, ${this.size}], got [${input.shape.join(', ')}]`,
      );
    }
    return tf.tidy(() => {
      const centred = tf.sub(input, tf.mean(input, -1, true));
      const variance = tf.mean(tf.square(centred), -1, true);
      const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, this.epsilon)));
      return tf.add(tf.mul(normal, this.parameters.scale), this.parameters.offset);
    });
  }
}
