import {
  createParameter,
  deriveKey,
  initializers,
  Linear,
  prefixParameters,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';

export interface LocalRange {
  readonly parameters: Parameters;
  /**
   * What is added to the scores: what lies outside the window gets a weight of 0.
   *
   * @param query - decoder states, `[queries, batch, hiddenSize]`
   * @param time - the step of each query from 0, float32 `[queries, batch, 1]`
   * @returns `[queries, batch, source time]`
   */
  bias(query: tf.Tensor3D, time: tf.Tensor3D, source: SourceExtent): tf.Tensor3D;
}

export interface SourceExtent {
  /** int32 `[batch]` */
  readonly lengths: tf.Tensor1D;
  /** with padding */
  readonly timeSteps: number;
}

/**
 * Local attention around the decoder's own step: place i is seen at step t where |i − p| ≤ D, p = min(t, last place of the source).
 *
 * @see Luong, Pham & Manning 2015, "local-m"; the bound keeps a place in sight where the target is longer than the source
 */
export class MonotonicRange implements LocalRange {
  readonly parameters: Parameters = {};
  readonly #window: number;

  constructor({ window }: { readonly window: number }) {
    this.#window = window;
  }

  bias(_query: tf.Tensor3D, time: tf.Tensor3D, { lengths, timeSteps }: SourceExtent): tf.Tensor3D {
    const last = tf.reshape(tf.sub(tf.cast(lengths, 'float32'), 1), [1, -1, 1]);
    return forbidOutside(distances(tf.minimum(time, last), timeSteps), this.#window);
  }
}

/**
 * Local attention around a predicted place.
 *
 *   p = (length − 1) · σ(v·tanh(W·h))      score′ᵢ = scoreᵢ − (i − p)² / 2σ²,  σ = D/2,  and −∞ where |i − p| > D
 *
 * Parameters: `map.kernel` W `[hiddenSize, hiddenSize]`, `vector` v `[hiddenSize, 1]`.
 *
 * @see Luong, Pham & Manning 2015, "local-p". There the Gaussian multiplies the weights after the softmax; here it is inside, so that
 * weights sum to 1. Places are counted from 0.
 */
export class PredictedRange implements LocalRange {
  readonly parameters: Parameters;
  readonly #window: number;
  readonly #map: Linear;
  readonly #vector: tf.Variable<tf.Rank.R2>;

  constructor({
    window,
    hiddenSize,
    key,
  }: {
    readonly window: number;
    readonly hiddenSize: number;
    readonly key: RandomKey;
  }) {
    this.#window = window;
    this.#map = new Linear({
      inputSize: hiddenSize,
      outputSize: hiddenSize,
      key: deriveKey(key, 'map'),
      biasInitializer: 'none',
    });
    this.#vector = createParameter([hiddenSize, 1], initializers.glorotUniform, deriveKey(key, 'vector'));
    this.parameters = { ...prefixParameters('map', this.#map.parameters), vector: this.#vector };
  }

  bias(query: tf.Tensor3D, _time: tf.Tensor3D, { lengths, timeSteps }: SourceExtent): tf.Tensor3D {
    const [queries, batchSize, hiddenSize] = query.shape;
    const hidden = tf.tanh(this.#map.apply(tf.reshape(query, [queries * batchSize, hiddenSize])) as tf.Tensor2D);
    const share = tf.reshape(tf.sigmoid(tf.matMul(hidden, this.#vector)), [queries, batchSize, 1]);
    const last = tf.reshape(tf.sub(tf.cast(lengths, 'float32'), 1), [1, -1, 1]);
    const distance = distances(tf.mul(share, last), timeSteps);
    const deviation = this.#window / 2;
    const gaussian: tf.Tensor3D = tf.div(tf.square(distance), -2 * deviation ** 2);
    return tf.add(gaussian, forbidOutside(distance, this.#window));
  }
}

/** i − p for each place i. @param place - `[queries, batch, 1]` @returns `[queries, batch, timeSteps]` */
function distances(place: tf.Tensor, timeSteps: number): tf.Tensor3D {
  return tf.sub(tf.range(0, timeSteps), place);
}

/** so much less than any score that its weight is exactly 0; 0 · −Infinity would not be a number */
const forbidden = -1e30;

/** 0 within the window, `forbidden` outside; a step, so that the gradient is 0. */
function forbidOutside(distance: tf.Tensor3D, window: number): tf.Tensor3D {
  return tf.mul(tf.step(tf.sub(tf.abs(distance), window)), forbidden);
}
