import {
  deriveKey,
  prefixParameters,
  type Parameters,
  type RandomKey,
  type Stack,
  type StackState,
} from '@unroll/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { PanelFacts, WindowBatch } from '../types.js';
import {
  assembleInputs,
  createInputLayout,
  createSeriesEmbedding,
  createStack,
  inputTensor,
  type StackConfig,
} from './parts.js';

export interface EncoderConfig extends StackConfig {
  readonly dropout: number;
  readonly seriesEmbeddingSize: number;
}

/** Reads the context of each channel of each window. */
export interface Encoder {
  readonly parameters: Parameters;
  readonly stack: Stack;
  /**
   * @param key - of dropout between layers; absent in evaluation
   * @returns output `[contextLength, batch·channels, hiddenSize]` and the state after the context
   */
  apply(
    batch: WindowBatch,
    key: RandomKey | undefined,
  ): { readonly output: tf.Tensor3D; readonly finalState: StackState };
}

/** An RNN over the context: each step sees its own target, those at the lags before it, and all covariates. */
export function createEncoder(config: EncoderConfig, facts: PanelFacts, key: RandomKey): Encoder {
  const layout = createInputLayout(facts, { offsets: [0, ...facts.lags], past: true });
  const embedding = createSeriesEmbedding(facts, { size: config.seriesEmbeddingSize, key });
  const inputSize = layout.width + config.seriesEmbeddingSize;
  const stack = createStack(config, { inputSize, key: deriveKey(key, 'encoder') });
  return {
    parameters: {
      ...(embedding && prefixParameters('series', embedding.embedding.parameters)),
      ...prefixParameters('encoder', stack.parameters),
    },
    stack,
    apply(batch, dropoutKey) {
      const inputs = assembleInputs(batch, layout, { from: 0, steps: batch.contextLength });
      const rows = batch.batchSize * batch.channels;
      const tensor = inputTensor(inputs, { rows, width: layout.width, embedded: embedding?.apply(batch) });
      const dropout = dropoutKey && { key: deriveKey(dropoutKey, 'encoder'), betweenLayers: config.dropout };
      return stack.applyTimeMajor(tensor, { dropout });
    },
  };
}
