import {
  ConfigError,
  deriveKey,
  disposeParameters,
  dropout,
  Linear,
  prefixParameters,
  stateFromRecord,
  stateToRecord,
  type CarriedState,
  type LossContext,
  type LossResult,
  type Parameters,
  type Stack,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { findLikelihood } from '../likelihoods/find-likelihood.js';
import type { Likelihood } from '../likelihoods/likelihood.js';
import { likelihoodLoss, type LikelihoodTargets } from '../loss.js';
import type { ForecastModel, PredictOptions, ScaledForecast, WindowBatch } from '../types.js';
import { drawPaths } from './deepar-paths.js';
import type { ModelOptions } from './model-options.js';
import {
  assembleInputs,
  createInputLayout,
  createSeriesEmbedding,
  createStack,
  inputTensor,
  type InputLayout,
  type SeriesEmbedding,
} from './parts.js';

/** The recurrent state after some steps of every row of a batch, by name, as plain arrays: `[rows, hiddenSize]` each. */
export type RollingState = Readonly<Record<string, Float32Array>>;

/** DeepAR can go on from where it stopped: what is past need not be read again. */
export interface DeepArModel extends ForecastModel {
  /**
   * Reads the context of a batch, from `state` on if given. Reading a stretch and then the next one, which begins where
   * the first ended, gives the state of reading both at once.
   *
   * @returns the state before the first step of the horizon
   * @throws {ConfigError} `config/scaling` with scaling `instance`, whose units change from window to window
   */
  encode(batch: WindowBatch, state?: RollingState): RollingState;
  /** @param options - `state`: of `encode`, before the first step of the context; the context may then be short, or empty */
  predict(batch: WindowBatch, options: PredictOptions & { readonly state?: RollingState }): ScaledForecast;
}

/** The parts of the network. */
export interface DeepArParts {
  readonly layout: InputLayout;
  readonly embedding: SeriesEmbedding | undefined;
  readonly stack: Stack;
  readonly head: Linear;
  readonly likelihood: Likelihood;
  /** between layers and after the last */
  readonly dropout: number;
  /**
   * false where a window is scaled by its own context: knowing the mean and spread of all of it, each of its steps would
   * seem surer than any step of the horizon is
   */
  readonly learnsContext: boolean;
}

/**
 * An autoregressive recurrent network: each step reads the value before it, and says how the next one is distributed.
 *
 *   h_t = RNN(h_{t−1}, [z_{t−1}, z_{t−lag}, …, x_t, static, e_series])     p(z_t | past) = ℓ(z_t | W·h_t + b)
 *
 * It learns from every step of a window, context and horizon (with scaling `instance` from the horizon alone), by teacher
 * forcing; it forecasts by drawing paths, each
 * value of which is read at the step after it. Channels are forecast one by one, with the same weights.
 *
 * Parameters: `layers.….…` of the cells, `head.kernel`, `head.bias`, and `series.table` `[series, seriesEmbeddingSize]`.
 *
 * @throws {ConfigError} `config/past-covariates` if there are any: they are not known where it reads its own forecasts;
 *   `config/scaling` for a scaling that does not fit the likelihood
 * @see Salinas, Flunkert, Gasthaus & Januschowski 2020, "DeepAR: Probabilistic forecasting with autoregressive recurrent
 *   networks"
 */
export function createDeepAr({ model, config, facts, key }: ModelOptions<'deepar'>): DeepArModel {
  const likelihood = findLikelihood(model.likelihood);
  checkScaling(likelihood, config.scaling);
  if (facts.past.length > 0) {
    const names = facts.past.map(({ name }) => name).join(', ');
    throw new ConfigError(
      'config/past-covariates',
      `deepar reads its own forecasts, so it cannot use covariates that are known for the past alone (${names}); ` +
        'leave them out, give them as known, or use the model mqrnn or seq2seq',
    );
  }
  const layout = createInputLayout(facts, { offsets: [1, ...facts.lags], past: false });
  const embedding = createSeriesEmbedding(facts, { size: model.seriesEmbeddingSize, key });
  const inputSize = layout.width + model.seriesEmbeddingSize;
  const stack = createStack(model, { inputSize, key: deriveKey(key, 'stack') });
  const head = new Linear({
    inputSize: model.hiddenSize,
    outputSize: likelihood.outputs,
    key: deriveKey(key, 'head'),
  });
  const parts: DeepArParts = {
    layout,
    embedding,
    stack,
    head,
    likelihood,
    dropout: model.dropout,
    learnsContext: config.scaling !== 'instance',
  };
  const parameters: Parameters = {
    ...(embedding && prefixParameters('series', embedding.embedding.parameters)),
    ...stack.parameters,
    ...prefixParameters('head', head.parameters),
  };
  return {
    parameters,
    longestHorizon: Infinity,
    loss: (batch, context) => lossOf(parts, batch, context),
    encode: (batch, state) => {
      if (config.scaling === 'instance') {
        const message = 'a state cannot be carried on with scaling "instance": its units are those of one window';
        throw new ConfigError('config/scaling', `${message}; train with another scaling, as "standard"`);
      }
      return encode(parts, batch, state);
    },
    predict: (batch, { state, ...options }) => {
      const encoded = encode(parts, batch, state);
      const samples = drawPaths(parts, batch, { ...options, state: encoded });
      return { mean: meanOf(samples, options.paths, batch.horizon), samples, paths: options.paths };
    },
    dispose: () => disposeParameters(parameters),
  };
}

function checkScaling({ name, support }: Likelihood, scaling: string): void {
  if (support === 'real' || ['none', 'mean-absolute', 'max'].includes(scaling)) return;
  throw new ConfigError(
    'config/scaling',
    `the likelihood "${name}" needs values of at least 0, which scaling "${scaling}" does not keep; use mean-absolute, max or none`,
  );
}

/** −Σ ln p over the observed steps, each given the true values before it. */
function lossOf(parts: DeepArParts, batch: WindowBatch, { training, key }: LossContext): LossResult {
  const steps = batch.contextLength + batch.horizon;
  return likelihoodLoss(
    parts.likelihood,
    tf.tidy(() => {
      const input = inputsOf(parts, batch, { from: 0, steps });
      const rate = training && key ? parts.dropout : 0;
      const { output } = parts.stack.applyTimeMajor(input, {
        ...(rate > 0 && { dropout: { key: deriveKey(key!, 'layers'), betweenLayers: rate } }),
      });
      const hidden = rate > 0 ? dropout(output, { rate, key: deriveKey(key!, 'output') }) : output;
      return tf.reshape<tf.Rank.R2>(parts.head.apply(hidden), [-1, parts.likelihood.outputs]);
    }),
    timeMajorTargets(batch, parts.learnsContext ? 0 : batch.contextLength),
  );
}

function inputsOf(parts: DeepArParts, batch: WindowBatch, part: { from: number; steps: number }): tf.Tensor3D {
  const { layout, embedding } = parts;
  return inputTensor(assembleInputs(batch, layout, part), {
    rows: batch.batchSize * batch.channels,
    width: layout.width,
    embedded: embedding?.apply(batch),
  });
}

/** Of all steps of context and horizon, `[step, batch·channels]` as the network's outputs are; those before `from` do not count. */
function timeMajorTargets(batch: WindowBatch, from: number): LikelihoodTargets {
  const { batchSize, channels, lagLength, contextLength, horizon } = batch;
  const [rows, steps] = [batchSize * channels, contextLength + horizon];
  const length = lagLength + steps;
  const values = new Float32Array(rows * steps);
  const mask = new Float32Array(rows * steps);
  const scales = new Float32Array(rows * steps);
  for (let row = 0; row < rows; row++) {
    const { scale } = batch.scalings[Math.floor(row / channels)]![row % channels]!;
    for (let step = 0; step < steps; step++) {
      values[step * rows + row] = batch.targets[row * length + lagLength + step]!;
      mask[step * rows + row] = step < from ? 0 : batch.observed[row * length + lagLength + step]!;
      scales[step * rows + row] = scale;
    }
  }
  return { values, mask, scales };
}

function encode(parts: DeepArParts, batch: WindowBatch, before: RollingState | undefined): RollingState {
  if (batch.contextLength === 0 && before) return before;
  const rows = batch.batchSize * batch.channels;
  const state = tf.tidy(() => {
    const input = inputsOf(parts, batch, { from: 0, steps: batch.contextLength });
    const initialState = before && stateFromRecord(toTensors(before, rows));
    const { finalState } = parts.stack.applyTimeMajor(input, { initialState });
    return stateToRecord(finalState);
  });
  const arrays = Object.entries(state).map(([name, tensor]) => [name, tensor.dataSync<'float32'>()]);
  tf.dispose(state);
  return Object.fromEntries(arrays) as RollingState;
}

function toTensors(state: RollingState, rows: number): CarriedState {
  return Object.fromEntries(
    Object.entries(state).map(([name, values]) => [name, tf.tensor2d(values, [rows, values.length / rows])]),
  );
}

/** Of each step over its paths. @param samples - `[…, path, step]` @returns `[…, step]` */
function meanOf(samples: Float32Array, paths: number, horizon: number): Float32Array {
  const mean = new Float32Array(samples.length / paths);
  for (let row = 0; row < mean.length / horizon; row++) {
    for (let step = 0; step < horizon; step++) {
      let sum = 0;
      for (let path = 0; path < paths; path++) sum += samples[(row * paths + path) * horizon + step]!;
      mean[row * horizon + step] = sum / paths;
    }
  }
  return mean;
}
