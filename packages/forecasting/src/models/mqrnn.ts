import {
  deriveKey,
  disposeParameters,
  dropout,
  Linear,
  prefixParameters,
  type LossContext,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ForecastModel, WindowBatch } from '../types.js';
import { knownWidthOf } from '../windows/prepare-series.js';
import { createEncoder, type Encoder } from './encoder.js';
import { assembleHorizonInputs, createHorizonLayout, type HorizonLayout } from './horizon-inputs.js';
import type { ModelOptions } from './model-options.js';
import { quantileForecast, quantileLevels, quantileLoss, type QuantileTargets } from './quantile-head.js';

interface MqRnnParts {
  readonly encoder: Encoder;
  readonly layout: HorizonLayout;
  /** of the encoder's state: `horizon` contexts and one that all steps share */
  readonly global: Linear;
  /** the three parts of the local layer's kernel, and its bias */
  readonly local: { readonly own: Linear; readonly shared: Linear; readonly future: Linear };
  readonly head: Linear;
  readonly levels: readonly number[];
  readonly horizon: number;
  readonly decoderSize: number;
  readonly dropout: number;
}

/**
 * A recurrent encoder and a direct decoder that gives all quantiles of all steps at once.
 *
 *   h_t = RNN(h_{t−1}, [y_t, y_{t−lag}, …, x_t, static])       [c_1 … c_K, c_a] = ReLU(W_g·h_t + b_g)
 *   q_{t+k} = W_q·ReLU(W_1·c_k + W_2·c_a + W_3·f_{t+k} + b) + b_q
 *
 * f is what is known of a step ahead: calendar, known covariates, and targets at lags of a horizon and more. It learns to
 * forecast from every step of the context at once (forking sequences), and is validated from the last one alone. Channels
 * are forecast one by one, with the same weights. The paper's global layer reads f of all steps, too; here each step's own
 * f enters where it is needed, in the local layer.
 *
 * Parameters: `encoder.layers.…`, `global`, `local.own`, `local.shared`, `local.future`, `head`; `series.table`.
 *
 * @see Wen, Torkkola, Narayanaswamy & Madeka 2017, "A multi-horizon quantile recurrent forecaster"
 */
export function createMqRnn({ model, config, facts, key }: ModelOptions<'mqrnn'>): ForecastModel {
  const { horizon } = config;
  const { decoderSize, hiddenSize } = model;
  const levels = quantileLevels(config.quantiles);
  const layout = createHorizonLayout(facts, { horizon, knownWidth: knownWidthOf(facts) });
  const linear = (name: string, inputSize: number, outputSize: number) =>
    new Linear({ inputSize, outputSize, key: deriveKey(key, name) });
  const parts: MqRnnParts = {
    encoder: createEncoder(model, facts, key),
    layout,
    global: linear('global', hiddenSize, (horizon + 1) * decoderSize),
    local: {
      own: linear('own', decoderSize, decoderSize),
      shared: linear('shared', decoderSize, decoderSize),
      future: linear('future', layout.width, decoderSize),
    },
    head: linear('head', decoderSize, levels.length),
    levels,
    horizon,
    decoderSize,
    dropout: model.dropout,
  };
  const parameters = {
    ...parts.encoder.parameters,
    ...prefixParameters('global', parts.global.parameters),
    ...prefixParameters('local.own', parts.local.own.parameters),
    ...prefixParameters('local.shared', parts.local.shared.parameters),
    ...prefixParameters('local.future', parts.local.future.parameters),
    ...prefixParameters('head', parts.head.parameters),
  };
  return {
    parameters,
    longestHorizon: horizon,
    loss: (batch, context) => lossOf(parts, batch, context),
    predict: (batch) => {
      const predicted = tf.tidy(() => decode(parts, batch, { forks: 1 }));
      const values = predicted.dataSync<'float32'>();
      predicted.dispose();
      return quantileForecast(values, { batch, levels, trainedHorizon: horizon });
    },
    dispose: () => disposeParameters(parameters),
  };
}

function lossOf(parts: MqRnnParts, batch: WindowBatch, { training, key }: LossContext) {
  const forks = training ? batch.contextLength : 1;
  const sum = decode(parts, batch, { forks, ...(training && key && { key }) });
  return quantileLoss(sum, forkTargets(batch, { forks, levels: parts.levels }));
}

/**
 * Forecasts from the last `forks` steps of the context.
 *
 * @returns `[forks · batch·channels · horizon, level]`
 */
function decode(
  parts: MqRnnParts,
  batch: WindowBatch,
  { forks, key }: { readonly forks: number; readonly key?: RandomKey },
): tf.Tensor2D {
  const { encoder, local, horizon, decoderSize } = parts;
  const rows = batch.batchSize * batch.channels;
  return tf.tidy(() => {
    const { output } = encoder.apply(batch, key);
    const states = tf.slice(output, [batch.contextLength - forks, 0, 0], [forks, rows, -1]);
    const rate = key ? parts.dropout : 0;
    const dropped = rate > 0 ? dropout(states, { rate, key: deriveKey(key!, 'output') }) : states;
    const contexts = tf.relu(tf.reshape(parts.global.apply(dropped), [forks * rows, (horizon + 1) * decoderSize]));
    const own = tf.reshape(tf.slice(contexts, [0, 0], [-1, horizon * decoderSize]), [-1, decoderSize]);
    const shared = tf.slice(contexts, [0, horizon * decoderSize], [-1, decoderSize]);
    const shape = [forks, rows, horizon, decoderSize];
    const hidden = tf.relu(
      tf.add(
        tf.add(tf.reshape(local.own.apply(own), shape), futureTerms(parts, batch, forks)),
        tf.reshape(local.shared.apply(shared), [forks, rows, 1, decoderSize]),
      ),
    );
    return tf.reshape<tf.Rank.R2>(parts.head.apply(hidden), [-1, parts.levels.length]);
  });
}

/** W_3·f of the horizon of each fork: computed once a step, though most steps are ahead of many forks. */
function futureTerms({ layout, local, horizon }: MqRnnParts, batch: WindowBatch, forks: number): tf.Tensor {
  const { batchSize, channels, contextLength } = batch;
  const rows = batchSize * channels;
  const steps = forks + horizon - 1;
  const from = contextLength - forks + 1;
  const known = Math.min(steps, contextLength + batch.horizon - from);
  const inputs = new Float32Array(steps * rows * layout.width);
  // A batch that wants fewer steps than the model gives has nothing to say about the rest, which is cut off.
  inputs.set(assembleHorizonInputs(batch, layout, { from, steps: known }));
  const terms = local.future.apply(tf.tensor3d(inputs, [steps, rows, layout.width]));
  const ahead = Array.from({ length: horizon }, (_, k) => tf.slice(terms, [k, 0, 0], [forks, rows, -1]));
  return tf.stack(ahead, 2);
}

/** What each fork should have forecast: `[forks · batch·channels · horizon]`. */
function forkTargets(
  { targets, observed, batchSize, channels, lagLength, contextLength, horizon }: WindowBatch,
  { forks, levels }: { readonly forks: number; readonly levels: readonly number[] },
): QuantileTargets {
  const rows = batchSize * channels;
  const length = lagLength + contextLength + horizon;
  const values = new Float32Array(forks * rows * horizon);
  const mask = new Float32Array(values.length);
  for (let fork = 0; fork < forks; fork++) {
    for (let row = 0; row < rows; row++) {
      const from = row * length + lagLength + contextLength - forks + fork + 1;
      const at = (fork * rows + row) * horizon;
      values.set(targets.subarray(from, from + horizon), at);
      mask.set(observed.subarray(from, from + horizon), at);
    }
  }
  return { values, mask, levels };
}
