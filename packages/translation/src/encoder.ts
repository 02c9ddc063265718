import {
  createCell,
  deriveKey,
  LayerNorm,
  maskFromLengths,
  prefixParameters,
  tidy,
  Stack,
  type CellInitializers,
  type Parameters,
  type RandomKey,
  type StackState,
  type Vocabulary,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from './config.js';
import { drop, TokenVectors } from './token-vectors.js';
import type { ForwardOptions, SourceBatch } from './types.js';

export interface EncoderResult {
  /** `[time, batch, outputSize]`, zeros in padding */
  readonly states: tf.Tensor3D;
  /** of each layer, after the last token and, backward, after the first */
  readonly finalState: StackState;
}

export interface EncoderOptions {
  readonly model: ModelConfig;
  readonly vocabulary: Vocabulary;
  readonly key: RandomKey;
  /** of the cells */
  readonly initializers?: CellInitializers | undefined;
}

/**
 * Source tokens to one vector a token that knows the whole sentence.
 *
 *   h = dropout(norm(stack(x)))
 *
 * Parameters: `tokens.…` of the embedding, `layers.0.forward.…` of each cell, with `layerNorm` also `norm.scale` and `norm.offset`.
 */
export class Encoder {
  readonly tokens: TokenVectors;
  /** width of a state: both directions side by side */
  readonly outputSize: number;
  readonly parameters: Parameters;
  readonly #stack: Stack;
  readonly #norm: LayerNorm | undefined;
  readonly #dropout: ModelConfig['dropout'];

  constructor({ model, vocabulary, key, initializers }: EncoderOptions) {
    const { cell, layers, hiddenSize, bidirectional } = model.encoder;
    this.#dropout = model.dropout;
    this.tokens = new TokenVectors({
      vocabulary,
      model,
      tokenDropout: model.dropout.sourceTokens,
      isHead: model.tiedEmbeddings === 'all',
      key: deriveKey(key, 'tokens'),
    });
    this.#stack = new Stack({
      inputSize: model.embeddingSize,
      hiddenSize,
      layers,
      bidirectional,
      key: deriveKey(key, 'stack'),
      createCell: (options) => createCell(cell, { ...options, initializers }),
    });
    this.outputSize = this.#stack.outputSize;
    // without attention the bridge may read last states alone
    const isRead = model.attention.kind !== 'none' || model.bridge === 'mean';
    this.#norm = model.layerNorm && isRead ? new LayerNorm({ size: this.outputSize }) : undefined;
    this.parameters = {
      ...prefixParameters('tokens', this.tokens.parameters),
      ...this.#stack.parameters,
      ...(this.#norm && prefixParameters('norm', this.#norm.parameters)),
    };
  }

  /** The caller owns what it returns. */
  apply(source: SourceBatch, { key }: ForwardOptions = {}): EncoderResult {
    const { kind, layers, recurrent } = this.#dropout;
    const compute = () => {
      const lengths = tf.tensor1d(source.lengths, 'int32');
      const { ids, timeSteps, batchSize } = source;
      const vectors = this.tokens.sequence(ids, [timeSteps, batchSize], key && deriveKey(key, 'source'));
      const { output, finalState } = this.#stack.applyTimeMajor(vectors, {
        lengths,
        dropout: key && { key: deriveKey(key, 'stack'), betweenLayers: layers, locked: kind === 'locked', recurrent },
      });
      const normal = this.#norm ? zeroPadding(this.#norm.apply(output), lengths) : output;
      return { states: drop(normal, 'context', { dropout: this.#dropout, key }), finalState };
    };
    return tidy(compute);
  }
}

/** What a norm's offset would write into padding must not be seen by a mean or by dot products. */
function zeroPadding(states: tf.Tensor3D, lengths: tf.Tensor1D): tf.Tensor3D {
  const mask = tf.transpose(maskFromLengths(lengths, states.shape[0]));
  return tf.mul(states, tf.expandDims(mask, 2));
}
