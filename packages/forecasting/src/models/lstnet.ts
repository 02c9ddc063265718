import {
  ConfigError,
  deriveKey,
  dropout,
  initializers,
  Linear,
  prefixParameters,
  Stack,
  type Initializer,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfigOf } from '../config.js';
import type { ForecastModel } from '../types.js';
import { directModel } from './direct.js';
import type { ModelOptions } from './model-options.js';
import { uniformCell, uniformLinear } from './uniform.js';

type LstNetConfig = ModelConfigOf<'lstnet'>;

/** What an LSTNet is made of. */
interface LstNet {
  readonly model: LstNetConfig;
  readonly outputSteps: number;
  readonly convolution: Linear;
  readonly recurrent: Stack;
  /** absent: no skip connections */
  readonly skipping: Stack | undefined;
  readonly head: Linear;
  /** absent: no linear part */
  readonly highway: Linear | undefined;
}

/**
 * LSTNet: all channels together through a convolution, a recurrent network and one that skips s steps at a time, beside
 * an autoregression of each channel by itself. With the context X `[time, channels]`:
 *
 *   c_t = relu([X_t ; … ; X_{t+k−1}]·W_c + b_c)                    convolution over k steps of all channels
 *   r = GRU(c_1, c_2, …)        s_p = GRU'(…, c_{p−2s}, c_{p−s}, c_p)   for each of the last s places p
 *   ŷ = f([r ; s_1 ; … ; s_s]·W_o + b_o + highway),  highway of channel j = (last values of X_j)·W_h + b_h
 *
 * The skipping GRU is a GRU over time in steps of s with all s phases side by side, so both run in the fused kernel. The
 * paper's GRU has relu for its candidate; ours (as the published code's newest version) has tanh.
 *
 * With `lastStepOnly` (the paper's protocol) the network gives the horizon's last step alone, otherwise all its steps.
 *
 * Parameters: `convolution.kernel` `[kernelLength·channels, convolutionSize]`, `recurrent.layers.0.forward.…`,
 * `skipping.layers.0.forward.…`, `head.kernel` `[hiddenSize + skip·skipSize, channels·steps]`, `highway.kernel`
 * `[highway, steps]`, and biases. It begins as the naive forecast, W_o zero and W_h taking the last value, where the
 * published code begins anywhere: on data that walk at random it takes that a hundred epochs to be about as good. The
 * rest is uniform in ±1/√(fan in).
 *
 * @throws {ConfigError} `config/context` for a context that is too short for the convolution or one skip
 * @see Lai, Chang, Yang & Liu 2018, "Modeling long- and short-term temporal patterns with deep neural networks"
 */
export function createLstNet(options: ModelOptions<'lstnet'>): ForecastModel {
  const { model, config, contextLength } = options;
  const shortest = model.kernelLength - 1 + Math.max(1, model.skip);
  if (contextLength < shortest) {
    throw new ConfigError(
      'config/context',
      `lstnet with kernelLength ${model.kernelLength} and skip ${model.skip} needs a context of at least ${shortest} steps, ` +
        `got ${contextLength}; give a longer --context, or a smaller model.skip (0 = none)`,
    );
  }
  const network = createLayers(options);
  const { convolution, recurrent, skipping, head, highway } = network;
  return directModel({
    parameters: {
      ...prefixParameters('convolution', convolution.parameters),
      ...prefixParameters('recurrent', recurrent.parameters),
      ...(skipping && prefixParameters('skipping', skipping.parameters)),
      ...prefixParameters('head', head.parameters),
      ...(highway && prefixParameters('highway', highway.parameters)),
    },
    horizon: config.horizon,
    loss: model.loss,
    lastStepOnly: model.lastStepOnly,
    forward: (targets, key) => forward(network, targets, key),
  });
}

function createLayers({ model, config, facts, contextLength, key }: ModelOptions<'lstnet'>): LstNet {
  const { convolutionSize, kernelLength, hiddenSize, skip, skipSize } = model;
  const channels = facts.targetNames.length;
  const outputSteps = model.lastStepOnly ? 1 : config.horizon;
  const layer = (name: string, inputSize: number, outputSize: number): Linear =>
    uniformLinear({ inputSize, outputSize, key: deriveKey(key, name) });
  const gru = (name: string, size: number): Stack =>
    new Stack({
      inputSize: convolutionSize,
      hiddenSize: size,
      layers: 1,
      key: deriveKey(key, name),
      createCell: (options) => uniformCell('gru', options),
    });
  return {
    model,
    outputSteps,
    convolution: layer('convolution', kernelLength * channels, convolutionSize),
    recurrent: gru('recurrent', hiddenSize),
    skipping: skip > 0 ? gru('skipping', skipSize) : undefined,
    head: new Linear({
      inputSize: hiddenSize + skip * skipSize,
      outputSize: channels * outputSteps,
      key: deriveKey(key, 'head'),
      kernelInitializer: initializers.zeros,
    }),
    highway:
      model.highway > 0
        ? new Linear({
            inputSize: Math.min(model.highway, contextLength),
            outputSize: outputSteps,
            key,
            kernelInitializer: naive,
          })
        : undefined,
  };
}

/** 1 for the last of the steps that are read, else 0: the linear part begins as the naive forecast. */
const naive: Initializer = (_key, [rows = 1, columns = 1]) =>
  new Float32Array(rows * columns).fill(1, (rows - 1) * columns);

function forward(network: LstNet, targets: tf.Tensor3D, key: RandomKey | undefined): tf.Tensor3D {
  const { model, outputSteps, recurrent, skipping, head, highway } = network;
  const [batchSize, channels, contextLength] = targets.shape;
  const drop = <T extends tf.Tensor>(values: T, place: string): T =>
    dropout(values, { rate: model.dropout, key: key && deriveKey(key, place) });
  const convolved = drop(convolve(network, targets), 'convolution');
  const hidden = [drop(recurrent.applyTimeMajor(convolved).finalState[0]!.forward.h, 'recurrent')];
  if (skipping) hidden.push(drop(skip(skipping, convolved, model.skip), 'skipping'));
  const nonlinear = tf.reshape(head.apply(tf.concat(hidden, 1)), [batchSize, channels, outputSteps]);
  const steps = highway?.kernel.shape[0] ?? 0;
  const sum = highway ? tf.add(nonlinear, highway.apply(tf.slice(targets, [0, 0, contextLength - steps]))) : nonlinear;
  return outputFunctions[model.output](sum as tf.Tensor3D);
}

const outputFunctions: Readonly<Record<LstNetConfig['output'], (values: tf.Tensor3D) => tf.Tensor3D>> = {
  linear: (values) => values,
  sigmoid: tf.sigmoid,
  tanh: tf.tanh,
};

/** The convolution as one product of unfolded windows: `[contextLength − kernelLength + 1, batch, convolutionSize]`. */
function convolve({ convolution, model }: LstNet, targets: tf.Tensor3D): tf.Tensor3D {
  const { kernelLength } = model;
  const timeMajor = tf.transpose(targets, [2, 0, 1]);
  const steps = timeMajor.shape[0] - kernelLength + 1;
  const shifted = Array.from({ length: kernelLength }, (_, k) => tf.slice(timeMajor, [k, 0, 0], [steps, -1, -1]));
  return tf.relu(convolution.apply(tf.concat(shifted, 2))) as tf.Tensor3D;
}

/** @param convolved - `[time, batch, convolutionSize]` @returns `[batch, skip·skipSize]`, phase by phase */
function skip(skipping: Stack, convolved: tf.Tensor3D, phases: number): tf.Tensor2D {
  const [time, batchSize, size] = convolved.shape;
  const steps = Math.floor(time / phases);
  const last = tf.slice(convolved, [time - steps * phases, 0, 0]);
  const { finalState } = skipping.applyTimeMajor(tf.reshape(last, [steps, phases * batchSize, size]));
  const byPhase = tf.reshape(finalState[0]!.forward.h, [phases, batchSize, skipping.hiddenSize]);
  return tf.reshape(tf.transpose(byPhase, [1, 0, 2]), [batchSize, phases * skipping.hiddenSize]);
}
