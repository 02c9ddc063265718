import * as tf from '@tensorflow/tfjs-core';
import { glorotUniform, zeros, type Initializer } from '../tensors/initializers.js';
import { createParameter, type Parameters } from '../tensors/parameters.js';
import { deriveKey, type RandomKey } from '../tensors/random.js';
import { ShapeError } from '../errors.js';
import type { Embedding } from './embedding.js';

/** What turns hidden vectors into logits, in the form that `linearCrossEntropy` takes. */
export interface Head {
  readonly parameters: Parameters;
  /** `[inputSize, outputSize]`, or `[outputSize, inputSize]` where `transposeKernel` */
  readonly kernel: tf.Variable<tf.Rank.R2>;
  /** `[outputSize]` */
  readonly bias?: tf.Variable<tf.Rank.R1> | undefined;
  readonly transposeKernel: boolean;
  /** `[…, inputSize]` to `[…, outputSize]` */
  apply(input: tf.Tensor): tf.Tensor;
}

export interface LinearOptions {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly key: RandomKey;
  /** Glorot uniform unless set */
  readonly kernelInitializer?: Initializer | undefined;
  /** zeros unless set; `'none'` for a layer without bias */
  readonly biasInitializer?: Initializer | 'none' | undefined;
}

/**
 * An affine map: y = x·W + b.
 *
 * Parameters: kernel W `[inputSize, outputSize]` and bias b `[outputSize]`.
 */
export class Linear implements Head {
  readonly parameters: Parameters;
  readonly kernel: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1> | undefined;
  readonly transposeKernel = false;

  constructor(options: LinearOptions) {
    const { inputSize, outputSize, key, kernelInitializer = glorotUniform, biasInitializer = zeros } = options;
    this.kernel = createParameter([inputSize, outputSize], kernelInitializer, deriveKey(key, 'kernel'));
    this.bias =
      biasInitializer === 'none' ? undefined : createParameter([outputSize], biasInitializer, deriveKey(key, 'bias'));
    this.parameters = this.bias ? { kernel: this.kernel, bias: this.bias } : { kernel: this.kernel };
  }

  /** @param input - `[…, inputSize]` @throws {ShapeError} `shape/mismatch` for another last axis */
  apply(input: tf.Tensor): tf.Tensor {
    return applyHead(input, this);
  }
}

export interface TiedLinearOptions {
  readonly embedding: Embedding;
  /** zeros unless set; `'none'` for a head without bias */
  readonly biasInitializer?: Initializer | 'none' | undefined;
  readonly key: RandomKey;
}

/**
 * A head whose kernel is the embedding's table: logits = x·Eᵀ + b. Its only parameter of its own is the bias.
 *
 * @see Press & Wolf 2017; Inan, Khosravi & Socher 2017
 */
export class TiedLinear implements Head {
  readonly parameters: Parameters;
  readonly kernel: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1> | undefined;
  readonly transposeKernel = true;

  constructor({ embedding, biasInitializer = zeros, key }: TiedLinearOptions) {
    this.kernel = embedding.table;
    this.bias =
      biasInitializer === 'none'
        ? undefined
        : createParameter([embedding.vocabularySize], biasInitializer, deriveKey(key, 'bias'));
    this.parameters = this.bias ? { bias: this.bias } : {};
  }

  /** @param input - `[…, embeddingSize]` @throws {ShapeError} `shape/mismatch` for another last axis */
  apply(input: tf.Tensor): tf.Tensor {
    return applyHead(input, this);
  }
}

function applyHead(input: tf.Tensor, { kernel, bias, transposeKernel }: Omit<Head, 'apply' | 'parameters'>): tf.Tensor {
  const [inputSize, outputSize] = transposeKernel ? [kernel.shape[1], kernel.shape[0]] : kernel.shape;
  if (input.shape.at(-1) !== inputSize) {
    throw new ShapeError(
      'shape/mismatch',
      `input must be […, inputSize] = […, ${inputSize}], got [${input.shape.join(', ')}]`,
    );
  }
  return tf.tidy(() => {
    const product = tf.matMul(tf.reshape(input, [-1, inputSize]), kernel, false, transposeKernel);
    const output = bias ? tf.add(product, bias) : product;
    return tf.reshape(output, [...input.shape.slice(0, -1), outputSize]);
  });
}
