import {
  deriveKey,
  dropout,
  dropoutMask,
  Embedding,
  initializers,
  LayerNorm,
  lockedDropout,
  prefixParameters,
  type Parameters,
  type RandomKey,
  type Vocabulary,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from './config.js';

type Dropout = ModelConfig['dropout'];

export interface TokenVectorsOptions {
  readonly vocabulary: Vocabulary;
  readonly model: ModelConfig;
  /** chance that a whole token is dropped */
  readonly tokenDropout: number;
  /** the table is the output layer's kernel, too, so that large values would make it certain of what it does not know */
  readonly isHead: boolean;
  readonly key: RandomKey;
  /** of the other side, which this side shares */
  readonly shared?: Embedding | undefined;
}

/**
 * Token ids to the vectors that a recurrent layer reads.
 *
 *   x = dropout(norm(E[token]))      all of a token's vector is 0 where the token is dropped
 *
 * A table begins uniform in ±1, the scale that Glorot's kernels after it expect: with ±0.1 the conditional GRU of Multi30k stays at the
 * unigram distribution for 500 updates, with ±1 for 100. The table of an output layer begins in ±0.1.
 *
 * Parameters: `embedding.table` `[vocabularySize, embeddingSize]` (none where it is shared), with `layerNorm` also `norm.scale` and
 * `norm.offset`.
 */
export class TokenVectors {
  readonly embedding: Embedding;
  readonly parameters: Parameters;
  readonly #norm: LayerNorm | undefined;
  readonly #dropout: Dropout;
  readonly #tokenDropout: number;
  readonly #unknownId: number;

  constructor({ vocabulary, model, tokenDropout, isHead, key, shared }: TokenVectorsOptions) {
    const { embeddingSize, layerNorm } = model;
    this.#unknownId = vocabulary.unknownId ?? 0;
    this.embedding =
      shared ??
      new Embedding({
        vocabularySize: vocabulary.size,
        embeddingSize,
        key: deriveKey(key, 'embedding'),
        initializer: initializers.uniform(isHead ? 0.1 : 1),
      });
    this.#norm = layerNorm ? new LayerNorm({ size: embeddingSize }) : undefined;
    this.#dropout = model.dropout;
    this.#tokenDropout = tokenDropout;
    this.parameters = {
      ...(!shared && prefixParameters('embedding', this.embedding.parameters)),
      ...(this.#norm && prefixParameters('norm', this.#norm.parameters)),
    };
  }

  /**
   * @param ids - `[time, batch]`; one from the size of the vocabulary on was copied, and counts as unknown
   * @param key - of dropout
   * @returns `[time, batch, embeddingSize]`
   */
  sequence(ids: Int32Array, shape: readonly [time: number, batch: number], key?: RandomKey): tf.Tensor3D {
    const vectors: tf.Tensor3D = tf.reshape(this.step(ids), [...shape, -1]);
    return this.#dropTokens(drop(vectors, 'embedding', { dropout: this.#dropout, key }), key);
  }

  /** Without dropout. @param ids - `[rows]` @returns `[rows, embeddingSize]` */
  step(ids: Int32Array): tf.Tensor2D {
    const { vocabularySize } = this.embedding;
    const known = ids.map((id) => (id < vocabularySize ? id : this.#unknownId));
    const vectors = this.embedding.apply(tf.tensor1d(known, 'int32')) as tf.Tensor2D;
    return this.#norm?.apply(vectors) ?? vectors;
  }

  #dropTokens(vectors: tf.Tensor3D, key: RandomKey | undefined): tf.Tensor3D {
    const rate = this.#tokenDropout;
    if (!key || rate === 0) return vectors;
    const [timeSteps, batchSize] = vectors.shape;
    return tf.mul(vectors, dropoutMask([timeSteps, batchSize, 1], { rate, key: deriveKey(key, 'tokens') }));
  }
}

export interface DropOptions {
  readonly dropout: Dropout;
  /** of a pass through the model; nothing is dropped when absent */
  readonly key: RandomKey | undefined;
}

/** Dropout at a named place of a model, plain or locked as the configuration says. @param input - `[time, batch, size]` */
export function drop(
  input: tf.Tensor3D,
  place: 'embedding' | 'layers' | 'context' | 'output',
  { dropout: rates, key }: DropOptions,
): tf.Tensor3D {
  if (!key || rates[place] === 0) return input;
  const options = { rate: rates[place], key: deriveKey(key, place) };
  return rates.kind === 'locked' ? lockedDropout(input, options) : dropout(input, options);
}
