import { ConfigError } from '@unroll/core';
import { cutBatch } from './batches.js';
import type { ModelConfig } from './config.js';
import type { Batch } from './types.js';

/** What the engine's recurrent kernels keep of each step for their backward pass, in hidden sizes: output, gates, cells. */
const keptByCell = { lstm: 6, gru: 5, 'elman-tanh': 1, 'elman-relu': 1 } as const;
/** What the backward pass of one layer needs while it runs. */
const neededByCell = { lstm: 4, gru: 6, 'elman-tanh': 1, 'elman-relu': 1 } as const;
/** A tensor each for the mask, the product and its gradient. */
const dropoutTensors = 3;
const layerNormTensors = 16;

function dropped(rate: number): number {
  return rate > 0 ? dropoutTensors : 0;
}

/**
 * Bytes that one time step of one stream takes in a training step on the native engine: what the forward pass keeps, and
 * the gradients of it. Weights and their gradients are not counted, nor the output layer's tiles: they do not grow with
 * time.
 */
export function activationBytesPerStep(config: ModelConfig, vocabularySize: number): number {
  const { cell, hiddenSize, layers, embeddingSize, layerNorm, dropout } = config;
  const oneHot = embeddingSize === 'one-hot';
  const width = oneHot ? vocabularySize : embeddingSize || hiddenSize;
  // Ids of inputs and targets; one-hot vectors as integers and as numbers, or picked rows, their gradient and its sum.
  const input =
    3 + width * ((oneHot ? 2 : 3) + dropped(dropout.embedding) + (layerNorm && !oneHot ? layerNormTensors : 0));
  const layer = hiddenSize * (keptByCell[cell] + 1 + (dropout.recurrent > 0 ? 1 : 0));
  const between = hiddenSize * (1 + dropped(dropout.layers));
  const output = hiddenSize * (1 + dropped(dropout.output) + (layerNorm ? layerNormTensors : 0));
  return 4 * (input + layers * layer + (layers - 1) * between + output + hiddenSize * neededByCell[cell]);
}

/**
 * A batch in as few pieces of time as keep within `bytes` what one piece takes in training together with the states
 * between all of them.
 *
 * @throws {ConfigError} `config/activation-bytes` if that is less than a single step takes
 */
export function cutToFit(
  batch: Batch,
  bytes: number,
  { config, vocabularySize }: { readonly config: ModelConfig; readonly vocabularySize: number },
): readonly Batch[] {
  const { timeSteps, batchSize } = batch;
  const stepBytes = batchSize * activationBytesPerStep(config, vocabularySize);
  const stateBytes = batchSize * 4 * config.layers * config.hiddenSize * (config.cell === 'lstm' ? 2 : 1);
  const needed = (pieces: number) => Math.ceil(timeSteps / pieces) * stepBytes + (pieces - 1) * stateBytes;
  let least = Infinity;
  for (let pieces = 1; pieces <= timeSteps; pieces++) {
    if (needed(pieces) <= bytes) return cutBatch(batch, pieces);
    least = Math.min(least, needed(pieces));
  }
  const message =
    `training.activationBytes is ${bytes}; a window of ${timeSteps} steps of ${batchSize} streams takes at least ${least}: ` +
    'give more, or lower batches.batchSize or batches.truncationSteps';
  throw new ConfigError('config/activation-bytes', message);
}
