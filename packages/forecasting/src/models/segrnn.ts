import {
  ConfigError,
  createParameter,
  deriveKey,
  dropout,
  initializers,
  prefixParameters,
  Stack,
  type Linear,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfigOf } from '../config.js';
import type { ForecastModel } from '../types.js';
import { directModel } from './direct.js';
import { stepFromEach } from './fan-out.js';
import type { ModelOptions } from './model-options.js';
import { uniformCell, uniformLinear } from './uniform.js';

/** What a SegRNN is made of. */
interface SegRnn {
  readonly model: ModelConfigOf<'segrnn'>;
  readonly horizon: number;
  readonly contextLength: number;
  readonly embedding: Linear;
  readonly stack: Stack;
  /** `[segments, ⌈hiddenSize / 2⌉]` */
  readonly positions: tf.Variable<tf.Rank.R2>;
  /** `[channels, ⌊hiddenSize / 2⌋]` */
  readonly channels: tf.Variable<tf.Rank.R2>;
  readonly head: Linear;
}

/**
 * SegRNN: a recurrent network that walks over segments of w steps, not over steps, one channel at a time, with the same
 * weights for all channels. With L steps x of a channel before the horizon and its last value x_L:
 *
 *   eᵢ = relu((x[i·w … (i+1)·w) − x_L)·W_e + b_e)            h = RNN(e₀ … eₙ₋₁)
 *   h_s = RNN step(h, [position_s ; channel_c])              ŷ[s·w … (s+1)·w) = dropout(h_s)·W_o + b_o + x_L
 *
 * All segments s of the horizon are one step each from the same state h, side by side ("parallel multi-step
 * forecasting"), so no error is carried on from one to the next. `stepFromEach` says what that saves.
 *
 * The first L mod w steps are not read; the last segment is cut off at the horizon.
 *
 * Parameters: `embedding.kernel` `[segmentLength, hiddenSize]`, `layers.0.forward.…` of the cell, `position.table`,
 * `channel.table`, `head.kernel` `[hiddenSize, segmentLength]` and biases. First values are those of the published
 * code: uniform in ±1/√(fan in), tables normal.
 *
 * @throws {ConfigError} `config/segment-length` for a segment longer than the context
 * @see Lin, Lin, Wu, Zhao, Mo & Zhang 2023, "SegRNN: Segment recurrent neural network for long-term time series forecasting"
 */
export function createSegRnn(options: ModelOptions<'segrnn'>): ForecastModel {
  const { model, config, contextLength } = options;
  const { horizon } = config;
  if (model.segmentLength > contextLength) {
    const message = `model.segmentLength = ${model.segmentLength} is longer than the context of ${contextLength} steps`;
    throw new ConfigError('config/segment-length', `${message}; give a shorter one, or a longer --context`);
  }
  const network = createLayers(options);
  const { embedding, stack, positions, channels, head } = network;
  return directModel({
    parameters: {
      ...prefixParameters('embedding', embedding.parameters),
      ...stack.parameters,
      'position.table': positions,
      'channel.table': channels,
      ...prefixParameters('head', head.parameters),
    },
    horizon,
    loss: model.loss,
    forward: (targets, key) => forward(network, targets, key),
  });
}

function createLayers({ model, config, facts, contextLength, key }: ModelOptions<'segrnn'>): SegRnn {
  const { hiddenSize, segmentLength } = model;
  const { horizon } = config;
  const table = (name: string, rows: number, columns: number): tf.Variable<tf.Rank.R2> =>
    createParameter([rows, columns], initializers.normalWith(1), deriveKey(key, name));
  return {
    model,
    horizon,
    contextLength,
    embedding: uniformLinear({ inputSize: segmentLength, outputSize: hiddenSize, key: deriveKey(key, 'embedding') }),
    stack: new Stack({
      inputSize: hiddenSize,
      hiddenSize,
      layers: 1,
      key: deriveKey(key, 'stack'),
      createCell: (options) => uniformCell(model.cell, options),
    }),
    positions: table('position', Math.ceil(horizon / segmentLength), Math.ceil(hiddenSize / 2)),
    channels: table('channel', facts.targetNames.length, Math.floor(hiddenSize / 2)),
    head: uniformLinear({ inputSize: hiddenSize, outputSize: segmentLength, key: deriveKey(key, 'head') }),
  };
}

function forward(network: SegRnn, targets: tf.Tensor3D, key: RandomKey | undefined): tf.Tensor3D {
  const { model, horizon, contextLength, embedding, stack, head } = network;
  const [batchSize, channelCount] = targets.shape;
  const last = tf.slice(targets, [0, 0, contextLength - 1]);
  const embedded = tf.relu(embedding.apply(segmentsOf(tf.sub(targets, last), model.segmentLength)));
  const { finalState } = stack.applyTimeMajor(embedded as tf.Tensor3D);
  const segments = Math.ceil(horizon / model.segmentLength);
  const hidden = stepFromEach(stack.layers[0]!.forward, {
    state: finalState[0]!.forward,
    inputs: placesOf(network),
    fanOut: segments,
  });
  const dropped = dropout(hidden, { rate: model.dropout, key: key && deriveKey(key, 'dropout') });
  const forecast = tf.reshape(head.apply(dropped), [batchSize, channelCount, segments * model.segmentLength]);
  return tf.add(tf.slice(forecast, [0, 0, 0], [batchSize, channelCount, horizon]), last);
}

/** The last whole segments, time-major: `[batch, channels, contextLength]` to `[segments, batch·channels, segmentLength]`. */
function segmentsOf(values: tf.Tensor3D, segmentLength: number): tf.Tensor3D {
  const [batchSize, channelCount, contextLength] = values.shape;
  const segments = Math.floor(contextLength / segmentLength);
  const whole = tf.slice(values, [0, 0, contextLength - segments * segmentLength]);
  return tf.transpose(tf.reshape(whole, [batchSize * channelCount, segments, segmentLength]), [1, 0, 2]);
}

/** [position_s ; channel_c] for every channel and segment: `[channels·segments, hiddenSize]`. */
function placesOf({ positions, channels, model }: SegRnn): tf.Tensor2D {
  const [segments, channelCount] = [positions.shape[0], channels.shape[0]];
  const places = tf.concat(
    [tf.tile(tf.expandDims(positions, 0), [channelCount, 1, 1]), tf.tile(tf.expandDims(channels, 1), [1, segments, 1])],
    2,
  );
  return tf.reshape(places, [channelCount * segments, model.hiddenSize]);
}
