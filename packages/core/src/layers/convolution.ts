import * as tf from '@tensorflow/tfjs-core';
import { ConfigError, ShapeError } from '../errors.js';
import { heNormal, zeros, type Initializer } from '../tensors/initializers.js';
import { createParameter, type Parameters } from '../tensors/parameters.js';
import { deriveKey, type RandomKey } from '../tensors/random.js';

export interface ConvolutionOptions {
  /** of the input */
  readonly channels: number;
  /** channels of the output */
  readonly filters: number;
  /** frames and features that one number of the output sees */
  readonly kernel: readonly [number, number];
  /** frames and features from one output to the next; 1 unless set */
  readonly stride?: readonly [number, number] | undefined;
  /** an output sees no later frame, so that pieces of a sound can be walked one by one; false unless set */
  readonly causal?: boolean | undefined;
  readonly key: RandomKey;
  /** He's normal numbers unless set */
  readonly kernelInitializer?: Initializer | undefined;
  /** zeros unless set; `'none'` for a layer without bias, as one before batch normalisation is */
  readonly biasInitializer?: Initializer | 'none' | undefined;
}

/**
 * A convolution over time and features.
 *
 *   yₜ,f = Σᵢ Σⱼ x[t·sₜ − p + i, f·s_f − q + j] · Wᵢⱼ + b      x = 0 outside of the input
 *
 * with p = ⌊(height − 1) / 2⌋ and q = ⌊(width − 1) / 2⌋, or p = height − 1 where `causal`. So an output of ⌈size / stride⌉ lies
 * at every `stride`th input whatever the length, and padding behind a sequence does not move its outputs (TensorFlow's `same` with a stride
 * does). Padding must hold zeros, as `outputLength` real outputs see the frames right after the last real one.
 *
 * Parameters: kernel W `[height, width, channels, filters]`, bias b `[filters]`.
 */
export class Convolution {
  readonly parameters: Parameters;
  readonly causal: boolean;
  readonly #options: ConvolutionOptions;
  readonly #kernel: tf.Variable<tf.Rank.R4>;
  readonly #bias: tf.Variable<tf.Rank.R1> | undefined;
  readonly #stride: readonly [number, number];

  /** @throws {ConfigError} `config/convolution` for a causal one that steps over frames: stride above height */
  constructor(options: ConvolutionOptions) {
    const { channels, filters, kernel, stride = [1, 1], causal = false, key } = options;
    const { kernelInitializer = heNormal, biasInitializer = zeros } = options;
    if (causal && stride[0] > kernel[0]) {
      const message = `a causal convolution needs a kernel of at least its stride, ${stride[0]} frames, got ${kernel[0]}`;
      throw new ConfigError('config/convolution', message);
    }
    this.#options = options;
    this.#stride = stride;
    this.causal = causal;
    this.#kernel = createParameter([...kernel, channels, filters], kernelInitializer, deriveKey(key, 'kernel'));
    this.#bias =
      biasInitializer === 'none' ? undefined : createParameter([filters], biasInitializer, deriveKey(key, 'bias'));
    this.parameters = { kernel: this.#kernel, ...(this.#bias && { bias: this.#bias }) };
  }

  /** frames of the output for so many of the input */
  outputLength(frames: number): number {
    return Math.ceil(frames / this.#stride[0]);
  }

  /** features of the output for so many of the input */
  outputWidth(features: number): number {
    return Math.ceil(features / this.#stride[1]);
  }

  /**
   * @param input - `[batch, time, features, channels]`
   * @returns `[batch, outputLength(time), outputWidth(features), filters]`
   * @throws {ShapeError} `shape/mismatch` for other channels
   */
  apply(input: tf.Tensor4D): tf.Tensor4D {
    this.#check(input);
    const height = this.#options.kernel[0];
    const before = this.causal ? height - 1 : Math.floor((height - 1) / 2);
    return this.#convolve(input, [before, height - 1 - before]);
  }

  /** What `advance` carries before the first frame; the caller owns it. */
  initialState(batchSize: number, features: number): tf.Tensor4D {
    return tf.zeros([batchSize, this.#options.kernel[0] - 1, features, this.#options.channels]);
  }

  /**
   * The next frames of a sequence: outputs of pieces, one after the other, are those of `apply` on the whole.
   *
   * @param piece - `[batch, frames, features, channels]`, as many frames as there are
   * @param state - `[batch, frames, features, channels]`: earlier frames that later outputs see
   * @returns the caller owns both; an output may have no frames
   * @throws {ConfigError} `config/streaming` unless `causal`
   */
  advance(piece: tf.Tensor4D, state: tf.Tensor4D): { readonly output: tf.Tensor4D; readonly state: tf.Tensor4D } {
    if (!this.causal) {
      throw new ConfigError('config/streaming', 'only a causal convolution can be walked in pieces; set model.causal');
    }
    this.#check(piece);
    const { kernel, filters } = this.#options;
    const [output, next] = tf.tidy(() => {
      const frames = tf.concat([state, piece], 1);
      const [batch, length, features] = frames.shape;
      const outputs = Math.max(0, Math.floor((length - kernel[0]) / this.#stride[0]) + 1);
      const rest = tf.slice(frames, [0, outputs * this.#stride[0], 0, 0]);
      if (outputs === 0) return [tf.zeros<tf.Rank.R4>([batch, 0, this.outputWidth(features), filters]), rest];
      return [this.#convolve(frames, [0, 0]), rest];
    });
    return { output, state: next };
  }

  #convolve(input: tf.Tensor4D, timePadding: [number, number]): tf.Tensor4D {
    const width = this.#options.kernel[1];
    const before = Math.floor((width - 1) / 2);
    const padding: tf.backend_util.ExplicitPadding = [[0, 0], timePadding, [before, width - 1 - before], [0, 0]];
    return tf.tidy(() => {
      const output = tf.conv2d(input, this.#kernel, [...this.#stride], padding);
      return this.#bias ? tf.add(output, this.#bias) : output;
    });
  }

  #check({ shape }: tf.Tensor4D): void {
    const { channels } = this.#options;
    if (shape[3] === channels) return;
    throw new ShapeError(
      'shape/mismatch',
      `input must be [batch, time, features, channels] = [*, *, *, ${channels}], got [${shape.join(', ')}]`,
    );
  }
}
