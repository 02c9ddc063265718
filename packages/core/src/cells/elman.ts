import * as tf from '@tensorflow/tfjs-core';
import { hasKernel } from '../ops/has-kernel.js';
import { RnnSequence } from '../ops/kernel-names.js';
import { rnnSequence } from '../ops/rnn-sequence.js';
import { glorotUniform, orthogonal, zeros } from '../tensors/initializers.js';
import { createParameter } from '../tensors/parameters.js';
import { deriveKey } from '../tensors/random.js';
import type { Cell, SequenceOptions, SequenceResult } from './cell.js';
import { affine, maskHidden, type CellOptions } from './cell-parts.js';

export type ElmanState = { readonly h: tf.Tensor2D };

export interface ElmanOptions extends CellOptions {
  /** φ; tanh unless set */
  readonly activation?: 'tanh' | 'relu';
}

/**
 * The simple recurrent cell.
 *
 *   h′ = φ(x·W + h·R + b)
 *
 * Parameters: inputKernel W `[inputSize, hiddenSize]`, recurrentKernel R `[hiddenSize, hiddenSize]`, bias b
 * `[hiddenSize]`.
 *
 * @see Elman 1990
 */
export class ElmanCell implements Cell<ElmanState> {
  readonly kind = 'elman';
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly activation: 'tanh' | 'relu';
  readonly parameters: {
    readonly inputKernel: tf.Variable<tf.Rank.R2>;
    readonly recurrentKernel: tf.Variable<tf.Rank.R2>;
    readonly bias: tf.Variable<tf.Rank.R1>;
  };

  constructor({ inputSize, hiddenSize, key, initializers, activation }: ElmanOptions) {
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.activation = activation ?? 'tanh';
    this.parameters = {
      inputKernel: createParameter(
        [inputSize, hiddenSize],
        initializers?.inputKernel ?? glorotUniform,
        deriveKey(key, 'inputKernel'),
      ),
      recurrentKernel: createParameter(
        [hiddenSize, hiddenSize],
        initializers?.recurrentKernel ?? orthogonal,
        deriveKey(key, 'recurrentKernel'),
      ),
      bias: createParameter([hiddenSize], initializers?.bias ?? zeros, deriveKey(key, 'bias')),
    };
  }

  zeroState(batchSize: number): ElmanState {
    return { h: tf.zeros([batchSize, this.hiddenSize]) };
  }

  step(input: tf.Tensor2D, { h }: ElmanState, recurrentDropoutMask?: tf.Tensor2D): ElmanState {
    const { inputKernel, recurrentKernel, bias } = this.parameters;
    return tf.tidy(() => {
      const recurrent = tf.matMul(maskHidden(h, recurrentDropoutMask), recurrentKernel);
      const preActivations: tf.Tensor2D = tf.add(affine(input, inputKernel, bias), recurrent);
      return { h: this.activation === 'tanh' ? tf.tanh(preActivations) : tf.relu(preActivations) };
    });
  }

  sequence(input: tf.Tensor3D, options: SequenceOptions<ElmanState>): SequenceResult<ElmanState> | undefined {
    if (!hasKernel(RnnSequence)) return undefined;
    const { initialState, lengths, recurrentDropoutMask, reverse } = options;
    const tensors = { input, ...this.parameters, initialH: initialState.h, lengths, recurrentDropoutMask };
    const { output, finalH } = rnnSequence(tensors, { reverse, activation: this.activation });
    return { output, finalState: { h: finalH } };
  }
}
