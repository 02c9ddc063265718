import {
  createParameter,
  deriveKey,
  dropout,
  initializers,
  Linear,
  prefixParameters,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { AudioRecognitionConfig } from './config.js';
import { createPooling, type Pooling } from './pooling.js';
import type { EncodedSound, RunningVector } from './types.js';

export interface ClassHeadOptions {
  readonly config: AudioRecognitionConfig;
  /** width of a hidden vector */
  readonly inputSize: number;
  readonly classes: number;
  readonly key: RandomKey;
}

/**
 * One vector of a recording, and what class it is.
 *
 *   v = dropout(ReLU layers(pooling(h)))
 *   classify: logits = v·W + b
 *   speaker:  e = v·E + b,  embedding = e / |e|,  logits = s·(embedding·w_c / |w_c|), cosines to the voices that training has
 *
 * Parameters: `pooling.…`, `dense.0.…`, of classify `output.kernel` and `output.bias`, of speaker `embedding.kernel`, `embedding.bias` and `voices`
 * `[embeddingSize, classes]`.
 *
 * @see of speaker: Wang et al. 2018, Additive Margin Softmax for Face Verification, equation 6
 */
export class ClassHead {
  readonly parameters: Parameters;
  readonly #pooling: Pooling;
  readonly #dense: readonly Linear[];
  readonly #output: Linear;
  /** of speaker */
  readonly #voices: tf.Variable<tf.Rank.R2> | undefined;
  readonly #config: AudioRecognitionConfig['model'];

  constructor({ config: { task, model }, inputSize, classes, key }: ClassHeadOptions) {
    this.#config = model;
    const { pooling: kind, bidirectional, embeddingSize } = model;
    this.#pooling = createPooling({ kind, size: inputSize, bidirectional, key: deriveKey(key, 'pooling') });
    const sizes = [inputSize, ...model.dense];
    this.#dense = model.dense.map((outputSize, i) => {
      const kernelInitializer = initializers.heUniform;
      return new Linear({ inputSize: sizes[i]!, outputSize, key: deriveKey(key, 'dense', i), kernelInitializer });
    });
    const outputSize = task === 'speaker' ? embeddingSize : classes;
    this.#output = new Linear({ inputSize: sizes.at(-1)!, outputSize, key: deriveKey(key, 'output') });
    this.#voices =
      task === 'speaker'
        ? createParameter([embeddingSize, classes], initializers.glorotUniform, deriveKey(key, 'voices'))
        : undefined;
    this.parameters = {
      ...prefixParameters('pooling', this.#pooling.parameters),
      ...Object.assign({}, ...this.#dense.map((layer, i) => prefixParameters(`dense.${i}`, layer.parameters))),
      ...prefixParameters(this.#voices ? 'embedding' : 'output', this.#output.parameters),
      ...(this.#voices && { voices: this.#voices }),
    };
  }

  /** @param key - of dropout. @returns `[batch, width]`, of speaker the embedding; the caller owns it */
  pool(encoded: EncodedSound, key?: RandomKey): tf.Tensor2D {
    return tf.tidy(() => this.#project(this.#pooling.apply(encoded), key));
  }

  /** The same of steps that come in pieces. @throws {ConfigError} `config/streaming` for a pooling that needs the whole */
  runningPool(): RunningVector {
    const running = this.#pooling.running();
    return { push: (hidden) => running.push(hidden), vector: () => tf.tidy(() => this.#project(running.vector())) };
  }

  #project(pooled: tf.Tensor2D, key?: RandomKey): tf.Tensor2D {
    return tf.tidy(() => {
      let vector: tf.Tensor = pooled;
      for (const layer of this.#dense) vector = tf.relu(layer.apply(vector));
      const dropped = dropout(vector, { rate: this.#config.dropout.output, key: key && deriveKey(key, 'output') });
      return (this.#voices ? ofLengthOne(this.#output.apply(dropped), 1) : dropped) as tf.Tensor2D;
    });
  }

  /** @param pooled - of `pool`. @returns `[batch, classes]`; the caller owns it */
  logits(pooled: tf.Tensor2D): tf.Tensor2D {
    const voices = this.#voices;
    if (!voices) return this.#output.apply(pooled) as tf.Tensor2D;
    return tf.tidy(() => tf.mul<tf.Tensor2D>(tf.matMul(pooled, ofLengthOne(voices, 0)), this.#config.cosineScale));
  }
}

function ofLengthOne<T extends tf.Tensor>(vectors: T, axis: number): T {
  return tf.mul(vectors, tf.rsqrt(tf.add(tf.sum(tf.square(vectors), axis, true), 1e-12)));
}
