import {
  attention,
  createParameter,
  deriveKey,
  gatherRows,
  initializers,
  Linear,
  maskFromLengths,
  prefixParameters,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from './config.js';
import { createRunningPooling, type RunningPoolingOptions } from './running-pooling.js';
import type { EncodedSound, RunningVector } from './types.js';

export interface PoolingOptions {
  readonly kind: ModelConfig['pooling'];
  /** width of a hidden vector */
  readonly size: number;
  readonly bidirectional: boolean;
  readonly key: RandomKey;
}

export interface Pooling {
  readonly parameters: Parameters;
  /** @returns `[batch, size]`; the caller owns it */
  apply(encoded: EncodedSound): tf.Tensor2D;
  /** the same of steps that come in pieces. @throws {ConfigError} `config/streaming` for query */
  running(): RunningVector;
}

/**
 * Hidden vectors h₁ … h_n of a recording to one vector. Padding has no part in it; a recording without steps gives zeros.
 *
 *   mean: Σ h_t / n          max: of each unit          last: [ forward h_n ; backward h₁ ]
 *   attention: Σ a_t·h_t,  a = softmax(v·tanh(h_t·W + b))
 *   query: Σ a_t·h_t,      a = softmax(h_t·(h_m·W + b)),  m = ⌊n / 2⌋
 *
 * Parameters: of attention `keys.kernel` W, `keys.bias` b and `scoreVector` v; of query `query.kernel` W and `query.bias` b.
 *
 * @see attention: Yang et al. 2016, section 2.2; query: de Andrade et al. 2018
 */
export function createPooling({ kind, size, bidirectional, key }: PoolingOptions): Pooling {
  switch (kind) {
    case 'attention':
      return attentionPooling(size, key);
    case 'query':
      return queryPooling(size, key);
    case 'last':
      return pooling({ kind, size }, (encoded) => last(encoded, bidirectional ? size / 2 : size));
    case 'max':
      return pooling({ kind, size }, max);
    case 'mean':
      return pooling({ kind, size }, mean);
  }
}

type Apply = (encoded: EncodedSound, lengths: tf.Tensor1D) => tf.Tensor;

function pooling(running: RunningPoolingOptions, apply: Apply, parameters: Parameters = {}): Pooling {
  return {
    parameters,
    running: () => createRunningPooling(running),
    apply: (encoded) => tf.tidy(() => apply(encoded, tf.tensor1d(encoded.lengths, 'int32')) as tf.Tensor2D),
  };
}

function attentionPooling(size: number, key: RandomKey): Pooling {
  const keys = new Linear({ inputSize: size, outputSize: size, key: deriveKey(key, 'keys') });
  const asKernel = initializers.uniform(Math.sqrt(6 / (size + 1))); // Glorot's, of a kernel [size, 1]
  const scoreVector = createParameter<tf.Rank.R1>([size], asKernel, deriveKey(key, 'scoreVector'));
  const apply: Apply = ({ hidden }, lengths) => {
    const query = tf.zeros<tf.Rank.R3>([1, hidden.shape[1], size]);
    const tensors = { query, keys: keys.apply(hidden) as tf.Tensor3D, values: hidden, scoreVector, lengths };
    return tf.squeeze(attention(tensors, { score: 'additive' }).context, [0]);
  };
  const scores = (hidden: tf.Tensor2D) => tf.sum(tf.mul(tf.tanh(keys.apply(hidden)), scoreVector), 1);
  const parameters = { ...prefixParameters('keys', keys.parameters), scoreVector };
  return pooling({ kind: 'attention', size, scores }, apply, parameters);
}

function queryPooling(size: number, key: RandomKey): Pooling {
  const linear = new Linear({ inputSize: size, outputSize: size, key: deriveKey(key, 'query') });
  const parameters = prefixParameters('query', linear.parameters);
  const apply: Apply = ({ hidden, lengths: steps }, lengths) => {
    const middle = stepOfEach(
      hidden,
      steps.map((length) => Math.floor(length / 2)),
    );
    const query = tf.expandDims<tf.Tensor3D>(linear.apply(middle), 0);
    return tf.squeeze(attention({ query, keys: hidden, values: hidden, lengths }, { score: 'dot' }).context, [0]);
  };
  return pooling({ kind: 'query', size }, apply, parameters);
}

/** Padding is zero, so that the sum is that of the real steps. */
function mean({ hidden }: EncodedSound, lengths: tf.Tensor1D): tf.Tensor {
  return tf.div(tf.sum(hidden, 0), tf.expandDims(tf.maximum(lengths, 1), 1));
}

function max({ hidden }: EncodedSound, lengths: tf.Tensor1D): tf.Tensor {
  const real = tf.expandDims(tf.transpose(maskFromLengths(lengths, hidden.shape[0])), 2);
  // hidden units of every cell but one are within −1 … 1; that one's are not below 0
  const lowest = tf.mul(tf.sub(real, 1), 2);
  const greatest = tf.max(tf.add(hidden, lowest), 0);
  return tf.mul(greatest, tf.cast(tf.greater(tf.expandDims(lengths, 1), 0), 'float32'));
}

function last({ hidden, lengths }: EncodedSound, directionSize: number): tf.Tensor {
  const [, batchSize, size] = hidden.shape;
  const ends = tf.slice(
    stepOfEach(
      hidden,
      lengths.map((length) => Math.max(0, length - 1)),
    ),
    [0, 0],
    [batchSize, directionSize],
  );
  if (directionSize === size) return ends;
  return tf.concat(
    [ends, tf.squeeze(tf.slice(hidden, [0, 0, directionSize], [1, batchSize, size - directionSize]), [0])],
    1,
  );
}

/** Row b of step `steps[b]`. @returns `[batch, size]` */
function stepOfEach(hidden: tf.Tensor3D, steps: Int32Array): tf.Tensor2D {
  const [timeSteps, batchSize, size] = hidden.shape;
  const rows = steps.map((step, row) => step * batchSize + row);
  return gatherRows(tf.reshape(hidden, [timeSteps * batchSize, size]), tf.tensor1d(rows, 'int32')) as tf.Tensor2D;
}
