import {
  ConfigError,
  deriveKey,
  initializers,
  createParameter,
  maskFromLengths,
  prefixParameters,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from './config.js';
import type { EncodedSound, ForwardOptions } from './types.js';

export interface ConvolutionFrontOptions {
  readonly convolutions: ModelConfig['convolutions'];
  readonly causal: boolean;
  readonly featureSize: number;
  readonly key: RandomKey;
}

type Convolution = ModelConfig['convolutions'][number];

interface Layer {
  readonly convolution: Convolution;
  /** `[frames, features, channels, filters]` */
  readonly kernel: tf.Variable<tf.Rank.R4>;
  /** features of what comes in, and of what goes out */
  readonly features: readonly [input: number, output: number];
  readonly parameters: Parameters;
}

export interface FrontPiece {
  readonly output: tf.Tensor3D;
  readonly convolutions: readonly tf.Tensor3D[];
}

/**
 * Convolutions over time and features, one channel in: each x ← ReLU(norm(x ∗ K)), zeros in padding.
 *
 * A convolution over time of width k looks at ⌊(k − 1) / 2⌋ frames before and ⌈(k − 1) / 2⌉ after, a causal one at k − 1 before; frames outside of a
 * recording are zeros. A stride s leaves ⌈n / s⌉ of n frames. So neither depends on how far a batch was padded.
 */
export class ConvolutionFront {
  /** width of a frame that comes out: features × filters of the last layer */
  readonly outputSize: number;
  /** frames that become one */
  readonly stride: number;
  readonly parameters: Parameters;
  readonly buffers: Parameters = {};
  readonly #layers: readonly Layer[];
  readonly #causal: boolean;

  /** @throws {ConfigError} `config/stride` for a stride that passes over frames or features */
  constructor({ convolutions, causal, featureSize, key }: ConvolutionFrontOptions) {
    let size = featureSize;
    let channels = 1;
    this.#causal = causal;
    this.#layers = convolutions.map((convolution, index) => {
      requireStride(convolution);
      const shape = [...convolution.kernel, channels, convolution.filters];
      const kernel = createParameter<tf.Rank.R4>(shape, heNormal, deriveKey(key, index, 'kernel'));
      const features = [size, Math.ceil(size / convolution.stride[1])] as const;
      size = features[1];
      channels = convolution.filters;
      return { convolution, kernel, features, parameters: prefixParameters(String(index), { kernel }) };
    });
    this.outputSize = size * channels;
    this.stride = convolutions.reduce((product, { stride }) => product * stride[0], 1);
    this.parameters = Object.assign({}, ...this.#layers.map(({ parameters }) => parameters)) as Parameters;
  }

  /**
   * @param features - `[time, batch, featureSize]`, zeros in padding
   * @param lengths - `[batch]`
   * @returns frames `[time, batch, outputSize]`, zeros in padding, and their lengths; the caller owns them
   */
  apply(features: tf.Tensor3D, lengths: Int32Array, _options: ForwardOptions = {}): EncodedSound {
    let steps = lengths;
    const hidden = tf.tidy(() => {
      let frames: tf.Tensor4D = tf.expandDims(tf.transpose(features, [1, 0, 2]), 3);
      for (const layer of this.#layers) {
        const { stride } = layer.convolution;
        steps = steps.map((length) => Math.ceil(length / stride[0]));
        const past = this.#causal ? layer.convolution.kernel[0] - 1 : Math.floor((layer.convolution.kernel[0] - 1) / 2);
        const future = layer.convolution.kernel[0] - 1 - past;
        frames = masked(tf.relu(convolve(frames, layer, [past, future])), steps);
      }
      const [batch, time] = frames.shape;
      return tf.transpose<tf.Tensor3D>(tf.reshape(frames, [batch, time, this.outputSize]), [1, 0, 2]);
    });
    return { hidden, lengths: steps };
  }

  /**
   * The same of a causal front a piece at a time: what comes out of all pieces is what comes out of the whole.
   *
   * @param features - `[frame, featureSize]` of one recording
   * @param before - of each convolution the frames that the piece before left, `[frames, features, channels]`; none at the beginning
   * @returns output `[time, 1, outputSize]`, perhaps without a frame; the caller owns all tensors
   */
  advance(features: Float32Array, before?: readonly tf.Tensor3D[]): FrontPiece {
    const convolutions: tf.Tensor3D[] = [];
    const featureSize = this.#layers[0]?.features[0] ?? this.outputSize;
    let frames: tf.Tensor3D = tf.tensor3d(features, [features.length / featureSize, featureSize, 1]);
    for (const [index, layer] of this.#layers.entries()) {
      const [length] = layer.convolution.kernel;
      const [stride] = layer.convolution.stride;
      const [, size, channels] = frames.shape;
      const all = tf.concat([before?.[index] ?? tf.zeros([length - 1, size, channels]), frames], 0);
      const steps = Math.max(0, Math.floor((all.shape[0] - length) / stride) + 1);
      convolutions.push(tf.slice(all, [steps * stride, 0, 0]));
      const { filters } = layer.convolution;
      frames = steps > 0 ? this.#piece(all, layer) : tf.zeros([0, layer.features[1], filters]);
    }
    return { output: tf.reshape(frames, [frames.shape[0], 1, this.outputSize]), convolutions };
  }

  #piece(frames: tf.Tensor3D, layer: Layer): tf.Tensor3D {
    return tf.squeeze(tf.relu(convolve(tf.expandDims(frames, 0), layer, [0, 0])), [0]);
  }
}

/** He's, of all that a filter reads. */
const heNormal: typeof initializers.heNormal = (key, shape) => {
  const fanIn = shape[0]! * shape[1]! * shape[2]!;
  return initializers.normalWith(Math.sqrt(2 / fanIn))(key, shape);
};

/** @param frames - `[batch, time, feature, channel]` */
function convolve(frames: tf.Tensor4D, { convolution, kernel, features }: Layer, time: [number, number]): tf.Tensor4D {
  const [strideTime, strideFeatures] = convolution.stride;
  const width = (features[1] - 1) * strideFeatures + convolution.kernel[1];
  const missing = Math.max(0, width - features[0]);
  const before = Math.floor(missing / 2);
  const padded = tf.pad(frames, [[0, 0], time, [before, missing - before], [0, 0]]);
  return tf.conv2d(padded, kernel, [strideTime, strideFeatures], 'valid');
}

function masked(frames: tf.Tensor4D, lengths: Int32Array): tf.Tensor4D {
  const mask = maskFromLengths(tf.tensor1d(lengths, 'int32'), frames.shape[1]);
  return tf.mul(frames, tf.reshape(mask, [...mask.shape, 1, 1]));
}

function requireStride({ kernel, stride }: Convolution): void {
  if (stride[0] <= kernel[0] && stride[1] <= kernel[1]) return;
  const message = `model.convolutions: a stride of [${stride.join(', ')}] passes over what a kernel of [${kernel.join(', ')}] never sees; the stride must not be larger`;
  throw new ConfigError('config/stride', message);
}
