import * as tf from '@tensorflow/tfjs-core';
import { ConfigError } from '../errors.js';
import type { AttentionResult } from '../ops/attention-tensors.js';
import { attention } from '../ops/attention.js';
import { glorotUniform, uniform, zeros } from '../tensors/initializers.js';
import { createParameter, type Parameters } from '../tensors/parameters.js';
import { deriveKey, type RandomKey } from '../tensors/random.js';
import { assertShape } from '../tensors/shapes.js';

export interface AttentionLayerOptions {
  readonly kind: 'additive' | 'dot' | 'general' | 'concat' | 'scaled';
  /** width of what asks */
  readonly querySize: number;
  /** width of what is read */
  readonly valueSize: number;
  /** of additive and concat: how many units compare the two */
  readonly size: number;
  readonly key: RandomKey;
}

/** What a query looks at: the results of an encoder, and their keys. */
export interface AttentionMemory {
  /** of `Attention.keys`: `[sourceTime, batch, keySize]` */
  readonly keys: tf.Tensor3D;
  /** `[sourceTime, batch, valueSize]` */
  readonly values: tf.Tensor3D;
  /** int32 `[batch]` */
  readonly lengths?: tf.Tensor1D | undefined;
  /** added to the scores, `[queries, batch, sourceTime]`; −Infinity forbids a place */
  readonly scoreBias?: tf.Tensor3D | undefined;
}

/**
 * Attention with its linear maps. Of a query h and values s:
 *
 *   additive: v·tanh(h·W + s·U + b)      concat: v·tanh(h·W + s·U)      general: h·(s·W)
 *   dot: h·s                             scaled: h·s / √querySize
 *
 * What depends on s alone is computed once for each source, by `keys`; so the W of general is applied to s, and only additive
 * and concat multiply the query. Parameters: queryKernel W `[querySize, size]`, keyKernel U `[valueSize, keySize]`, keyBias b
 * `[size]`, scoreVector v `[size]`, each where its kind has it.
 *
 * @see Bahdanau, Cho & Bengio 2015; Luong, Pham & Manning 2015, equation 8; scaled: Vaswani et al. 2017, section 3.2.1
 */
export class Attention {
  readonly parameters: Parameters;
  /** what `ops/attention` computes of query and keys */
  readonly score: 'additive' | 'dot';
  /** of a score of dot */
  readonly scale: number;
  readonly keySize: number;
  /** `[querySize, size]` of additive and concat: what multiplies the query */
  readonly queryKernel?: tf.Variable<tf.Rank.R2>;
  /** `[size]` of additive and concat */
  readonly scoreVector?: tf.Variable<tf.Rank.R1>;
  readonly #querySize: number;
  readonly #valueSize: number;
  readonly #keyKernel?: tf.Variable<tf.Rank.R2>;
  readonly #keyBias?: tf.Variable<tf.Rank.R1>;

  /** @throws {ConfigError} `config/value` for dot and scaled where query and values differ in width */
  constructor({ kind, querySize, valueSize, size, key }: AttentionLayerOptions) {
    const learnsScore = kind === 'additive' || kind === 'concat';
    if ((kind === 'dot' || kind === 'scaled') && querySize !== valueSize) {
      const widths = `the query has ${querySize} numbers and what it reads ${valueSize}`;
      throw new ConfigError('config/value', `attention "${kind}" needs equal widths, but ${widths}; use "general"`);
    }
    this.score = learnsScore ? 'additive' : 'dot';
    this.scale = kind === 'scaled' ? 1 / Math.sqrt(querySize) : 1;
    this.keySize = learnsScore ? size : querySize;
    this.#querySize = querySize;
    this.#valueSize = valueSize;
    if (learnsScore || kind === 'general') {
      this.#keyKernel = createParameter([valueSize, this.keySize], glorotUniform, deriveKey(key, 'keyKernel'));
    }
    if (learnsScore) {
      this.queryKernel = createParameter([querySize, size], glorotUniform, deriveKey(key, 'queryKernel'));
      const asKernel = uniform(Math.sqrt(6 / (size + 1))); // Glorot's, of a kernel [size, 1]
      this.scoreVector = createParameter([size], asKernel, deriveKey(key, 'scoreVector'));
    }
    if (kind === 'additive') this.#keyBias = createParameter([size], zeros, deriveKey(key, 'keyBias'));
    this.parameters = {
      ...(this.queryKernel && { queryKernel: this.queryKernel }),
      ...(this.#keyKernel && { keyKernel: this.#keyKernel }),
      ...(this.#keyBias && { keyBias: this.#keyBias }),
      ...(this.scoreVector && { scoreVector: this.scoreVector }),
    };
  }

  /**
   * What queries are compared with, once for each source.
   *
   * @param values - `[sourceTime, batch, valueSize]`
   * @returns `[sourceTime, batch, keySize]`; the caller owns it
   * @throws {ShapeError} `shape/mismatch`
   */
  keys(values: tf.Tensor3D): tf.Tensor3D {
    assertShape('values', values, { sourceTime: 'any', batch: 'any', valueSize: this.#valueSize });
    const kernel = this.#keyKernel;
    if (!kernel) return tf.clone(values);
    const [sourceTime, batch, valueSize] = values.shape;
    return tf.tidy(() => {
      const product = tf.matMul(tf.reshape(values, [sourceTime * batch, valueSize]), kernel);
      const keys = this.#keyBias ? tf.add(product, this.#keyBias) : product;
      return tf.reshape(keys, [sourceTime, batch, this.keySize]);
    });
  }

  /**
   * @param query - `[queries, batch, querySize]`
   * @returns context `[queries, batch, valueSize]` and weights `[queries, batch, sourceTime]`; the caller owns them
   * @throws {ShapeError} `shape/mismatch`, `shape/type`, `shape/range` for a length that does not fit
   */
  apply(query: tf.Tensor3D, memory: AttentionMemory): AttentionResult {
    assertShape('query', query, { queries: 'any', batch: 'any', querySize: this.#querySize });
    return tf.tidy(() => {
      const tensors = { ...memory, query: this.#compared(query), scoreVector: this.scoreVector };
      return { ...attention(tensors, { score: this.score, scale: this.scale }) };
    });
  }

  #compared(query: tf.Tensor3D): tf.Tensor3D {
    const kernel = this.queryKernel;
    if (!kernel) return query;
    const [queries, batch, querySize] = query.shape;
    const product = tf.matMul(tf.reshape(query, [queries * batch, querySize]), kernel);
    return tf.reshape(product, [queries, batch, this.keySize]);
  }
}
