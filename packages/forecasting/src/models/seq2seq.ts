import {
  deriveKey,
  disposeParameters,
  dropout,
  Linear,
  prefixParameters,
  type RandomKey,
  type Stack,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ForecastModel, WindowBatch } from '../types.js';
import { knownWidthOf } from '../windows/prepare-series.js';
import { createEncoder, type Encoder } from './encoder.js';
import { assembleHorizonInputs, createHorizonLayout, type HorizonLayout } from './horizon-inputs.js';
import type { ModelOptions } from './model-options.js';
import { createStack, horizonOf } from './parts.js';
import { quantileForecast, quantileLevels, quantileLoss } from './quantile-head.js';

interface Seq2SeqParts {
  readonly encoder: Encoder;
  readonly decoder: Stack;
  readonly layout: HorizonLayout;
  readonly head: Linear;
  readonly levels: readonly number[];
  /** that it was trained for */
  readonly horizon: number;
  readonly dropout: number;
}

/**
 * A recurrent encoder of the context and a recurrent decoder of the horizon, which begins in the encoder's state.
 *
 *   h_t = RNN_e(h_{t−1}, [y_t, y_{t−lag}, …, x_t, static])       t in the context
 *   d_k = RNN_d(d_{k−1}, [k/K, f_{t+k}])       d_0 = h_t         q_{t+k} = W·d_k + b
 *
 * f is what is known of a step ahead: calendar, known covariates, and targets at lags of a horizon and more. The decoder
 * reads no forecast of its own, so errors do not add up. Channels are forecast one by one, with the same weights.
 *
 * Parameters: `encoder.layers.…`, `decoder.layers.…`, `head.kernel`, `head.bias`; `series.table`.
 *
 * @see Cho et al. 2014; Sutskever, Vinyals & Le 2014
 */
export function createSeq2Seq({ model, config, facts, key }: ModelOptions<'seq2seq'>): ForecastModel {
  const { horizon } = config;
  const levels = quantileLevels(config.quantiles);
  const layout = createHorizonLayout(facts, { horizon, knownWidth: knownWidthOf(facts) });
  const parts: Seq2SeqParts = {
    encoder: createEncoder(model, facts, key),
    decoder: createStack(model, { inputSize: layout.width + 1, key: deriveKey(key, 'decoder') }),
    layout,
    head: new Linear({ inputSize: model.hiddenSize, outputSize: levels.length, key: deriveKey(key, 'head') }),
    levels,
    horizon,
    dropout: model.dropout,
  };
  const parameters = {
    ...parts.encoder.parameters,
    ...prefixParameters('decoder', parts.decoder.parameters),
    ...prefixParameters('head', parts.head.parameters),
  };
  return {
    parameters,
    longestHorizon: horizon,
    loss: (batch, { training, key }) => {
      const predicted = decode(parts, batch, training ? key : undefined);
      const [values, mask] = [horizonOf(batch, 'targets'), horizonOf(batch, 'observed')];
      return quantileLoss(predicted, { values, mask, levels });
    },
    predict: (batch) => {
      const predicted = tf.tidy(() => decode(parts, batch, undefined));
      const values = predicted.dataSync<'float32'>();
      predicted.dispose();
      return quantileForecast(values, { batch, levels, trainedHorizon: batch.horizon });
    },
    dispose: () => disposeParameters(parameters),
  };
}

/** @returns `[batch·channels · horizon, level]` */
function decode(parts: Seq2SeqParts, batch: WindowBatch, key: RandomKey | undefined): tf.Tensor2D {
  const { encoder, decoder, head, levels } = parts;
  return tf.tidy(() => {
    const { finalState } = encoder.apply(batch, key);
    const rate = key ? parts.dropout : 0;
    const { output } = decoder.applyTimeMajor(decoderInputs(parts, batch), {
      initialState: finalState,
      ...(rate > 0 && { dropout: { key: deriveKey(key!, 'decoder'), betweenLayers: rate } }),
    });
    const dropped = rate > 0 ? dropout(output, { rate, key: deriveKey(key!, 'output') }) : output;
    const predicted = head.apply(tf.transpose(dropped, [1, 0, 2]));
    return tf.reshape<tf.Rank.R2>(predicted, [-1, levels.length]);
  });
}

/** The place in the horizon, and what is known of it: `[horizon, batch·channels, inputSize]`. */
function decoderInputs({ layout, horizon }: Seq2SeqParts, batch: WindowBatch): tf.Tensor3D {
  const steps = batch.horizon;
  const rows = batch.batchSize * batch.channels;
  const inputs = assembleHorizonInputs(batch, layout, { from: batch.contextLength, steps });
  const place = Float32Array.from({ length: steps * rows }, (_, i) => (Math.floor(i / rows) + 1) / horizon);
  const known = tf.tensor3d(inputs, [steps, rows, layout.width]);
  return tf.concat([tf.tensor3d(place, [steps, rows, 1]), known], 2);
}
