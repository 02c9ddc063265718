import {
  BatchNorm,
  Convolution,
  ConfigError,
  deriveKey,
  maskFromLengths,
  prefixParameters,
  tidy,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from './config.js';
import type { EncodedSound, ForwardOptions } from './types.js';

export interface ConvolutionFrontOptions {
  readonly convolutions: ModelConfig['convolutions'];
  /** no frame sees a later one */
  readonly causal: boolean;
  readonly featureSize: number;
  readonly key: RandomKey;
}

interface Layer {
  readonly convolution: Convolution;
  readonly norm: BatchNorm;
  /** features of what comes in */
  readonly width: number;
}

/** Frames of a piece, and what the next piece needs of them. */
export interface FrontPiece {
  /** `[time, 1, outputSize]`, perhaps without a frame */
  readonly frames: tf.Tensor3D;
  /** of each convolution `[frames, features, channels]` */
  readonly convolutions: readonly tf.Tensor3D[];
}

/**
 * Convolutions over time and features, one channel in.
 *
 *   x ← ReLU(norm(x ∗ K))
 *
 * What lies in padding is set to zero before every convolution, and batch normalisation does not see it; so it changes no result.
 *
 * Parameters: `0.kernel` `[frames, features, channels, filters]`, `0.norm.scale` and `0.norm.offset` `[filters]` of each convolution; buffers
 * `0.norm.mean` and `0.norm.variance`.
 */
export class ConvolutionFront {
  readonly featureSize: number;
  /** width of a frame that comes out: features × filters of the last convolution */
  readonly outputSize: number;
  /** frames that become one */
  readonly stride: number;
  readonly parameters: Parameters;
  readonly buffers: Parameters;
  /** without a convolution, so that frames pass as they are */
  readonly isEmpty: boolean;
  readonly #layers: readonly Layer[];

  /** @throws {ConfigError} `config/stride` for a stride that passes over frames or features */
  constructor({ convolutions, causal, featureSize, key }: ConvolutionFrontOptions) {
    let width = featureSize;
    let channels = 1;
    this.#layers = convolutions.map(({ filters, kernel, stride }, index) => {
      const sizes = { kernel: pair(kernel), stride: pair(stride) };
      requireStride(sizes);
      const layer = {
        convolution: new Convolution({
          ...sizes,
          channels,
          filters,
          causal,
          biasInitializer: 'none',
          key: deriveKey(key, index),
        }),
        norm: new BatchNorm({ size: filters }),
        width,
      };
      width = layer.convolution.outputWidth(width);
      channels = filters;
      return layer;
    });
    this.featureSize = featureSize;
    this.isEmpty = convolutions.length === 0;
    this.outputSize = width * channels;
    this.stride = convolutions.reduce((product, { stride }) => product * stride[0]!, 1);
    const named = (variables: (layer: Layer) => Parameters): Parameters =>
      Object.assign({}, ...this.#layers.map((layer, index) => prefixParameters(String(index), variables(layer))));
    this.parameters = named(({ convolution, norm }) => ({
      ...convolution.parameters,
      ...prefixParameters('norm', norm.parameters),
    }));
    this.buffers = named(({ norm }) => prefixParameters('norm', norm.buffers));
  }

  /**
   * @param features - `[time, batch, featureSize]`, zeros in padding
   * @param lengths - `[batch]`
   * @returns frames `[time, batch, outputSize]`, zeros in padding, their lengths, and with a key what the buffers are after the batch; the caller
   * owns the tensors
   */
  apply(features: tf.Tensor3D, lengths: Int32Array, { key }: ForwardOptions = {}): EncodedSound {
    if (this.isEmpty) return { hidden: tf.clone(features), lengths };
    return tidy(() => {
      const buffers: Record<string, tf.Tensor> = {};
      let steps = lengths;
      let frames: tf.Tensor4D = tf.expandDims(tf.transpose(features, [1, 0, 2]), 3);
      for (const [index, { convolution, norm }] of this.#layers.entries()) {
        frames = convolution.apply(frames);
        steps = steps.map((length) => convolution.outputLength(length));
        const mask = paddingMask(steps, frames.shape[1]);
        if (key) {
          const { output, running } = norm.rectifyBatch(frames, mask);
          Object.assign(buffers, prefixParameters(`${index}.norm`, running as unknown as Parameters));
          frames = output;
        } else {
          frames = tf.mul(tf.relu(norm.apply(frames)), mask);
        }
      }
      const [batch, time] = frames.shape;
      const flat = tf.reshape<tf.Rank.R3>(frames, [batch, time, this.outputSize]);
      return { hidden: tf.transpose<tf.Tensor3D>(flat, [1, 0, 2]), lengths: steps, ...(key && { buffers }) };
    });
  }

  /**
   * The same of a causal front a piece at a time: what comes out of all pieces is what comes out of the whole.
   *
   * @param features - `[frame, featureSize]` of one recording
   * @param before - of the piece before; none at the beginning
   * @returns the caller owns all tensors
   * @throws {ConfigError} `config/streaming` unless causal
   */
  advance(features: Float32Array, before?: readonly tf.Tensor3D[]): FrontPiece {
    return tidy(() => {
      const time = features.length / this.featureSize;
      const convolutions: tf.Tensor3D[] = [];
      let frames: tf.Tensor4D = tf.tensor4d(features, [1, time, this.featureSize, 1]);
      for (const [index, { convolution, norm, width }] of this.#layers.entries()) {
        const carried = before?.[index];
        const state = carried ? tf.expandDims<tf.Tensor4D>(carried, 0) : convolution.initialState(1, width);
        const advanced = convolution.advance(frames, state);
        convolutions.push(tf.squeeze(advanced.state, [0]));
        frames = advanced.output.shape[1] > 0 ? tf.relu(norm.apply(advanced.output)) : advanced.output;
      }
      return { frames: tf.reshape(frames, [frames.shape[1], 1, this.outputSize]), convolutions };
    });
  }
}

/** What convolutions leave of so many frames. */
export function stepsAfter(frames: number, convolutions: ModelConfig['convolutions']): number {
  return convolutions.reduce((steps, { stride }) => Math.ceil(steps / stride[0]!), frames);
}

/** `[batch, time, 1, 1]`, 1 where a step is real. */
function paddingMask(lengths: Int32Array, timeSteps: number): tf.Tensor4D {
  const mask = maskFromLengths(tf.tensor1d(lengths, 'int32'), timeSteps);
  return tf.reshape(mask, [lengths.length, timeSteps, 1, 1]);
}

type Pair = readonly [frames: number, features: number];

function pair(sizes: readonly number[]): Pair {
  return [sizes[0]!, sizes[1]!];
}

function requireStride({ kernel, stride }: { readonly kernel: Pair; readonly stride: Pair }): void {
  if (stride[0] <= kernel[0] && stride[1] <= kernel[1]) return;
  const message = `model.convolutions: a stride of [${stride.join(', ')}] passes over what a kernel of [${kernel.join(', ')}] never sees; it must not be larger`;
  throw new ConfigError('config/stride', message);
}
