import * as tf from '@tensorflow/tfjs-core';
import { hasKernel } from '../ops/has-kernel.js';
import { LstmSequence } from '../ops/kernel-names.js';
import { lstmSequence } from '../ops/lstm-sequence.js';
import { glorotUniform, orthogonal } from '../tensors/initializers.js';
import { createParameter } from '../tensors/parameters.js';
import { deriveKey } from '../tensors/random.js';
import type { Cell, SequenceOptions, SequenceResult } from './cell.js';
import { affine, forgetGateBias, maskHidden, perGate, splitGates, type CellOptions } from './cell-parts.js';

export type LstmState = { readonly h: tf.Tensor2D; readonly c: tf.Tensor2D };

export interface LstmOptions extends CellOptions {
  /** first value of the forget gate's bias: 1 unless set (Jozefowicz, Zaremba & Sutskever 2015); unused with an own `bias` initializer */
  readonly forgetBias?: number;
}

/**
 * The long short-term memory cell.
 *
 *   i = σ(x·Wᵢ + h·Rᵢ + bᵢ)         f = σ(x·W_f + h·R_f + b_f)
 *   g = tanh(x·W_g + h·R_g + b_g)   o = σ(x·Wₒ + h·Rₒ + bₒ)
 *   c′ = f ⊙ c + i ⊙ g              h′ = o ⊙ tanh(c′)
 *
 * Parameters: inputKernel W `[inputSize, 4·hiddenSize]`, recurrentKernel R `[hiddenSize, 4·hiddenSize]`, bias b
 * `[4·hiddenSize]`, with the gates side by side in the order i, f, g, o.
 *
 * @see Hochreiter & Schmidhuber 1997, with the forget gate of Gers, Schmidhuber & Cummins 2000
 */
export class LstmCell implements Cell<LstmState> {
  readonly kind = 'lstm';
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly parameters: {
    readonly inputKernel: tf.Variable<tf.Rank.R2>;
    readonly recurrentKernel: tf.Variable<tf.Rank.R2>;
    readonly bias: tf.Variable<tf.Rank.R1>;
  };

  constructor({ inputSize, hiddenSize, key, initializers, forgetBias = 1 }: LstmOptions) {
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.parameters = {
      inputKernel: createParameter(
        [inputSize, 4 * hiddenSize],
        initializers?.inputKernel ?? perGate(glorotUniform, 4),
        deriveKey(key, 'inputKernel'),
      ),
      recurrentKernel: createParameter(
        [hiddenSize, 4 * hiddenSize],
        initializers?.recurrentKernel ?? perGate(orthogonal, 4),
        deriveKey(key, 'recurrentKernel'),
      ),
      bias: createParameter([4 * hiddenSize], initializers?.bias ?? forgetGateBias(forgetBias), deriveKey(key, 'bias')),
    };
  }

  zeroState(batchSize: number): LstmState {
    return { h: tf.zeros([batchSize, this.hiddenSize]), c: tf.zeros([batchSize, this.hiddenSize]) };
  }

  step(input: tf.Tensor2D, { h, c }: LstmState, recurrentDropoutMask?: tf.Tensor2D): LstmState {
    const { inputKernel, recurrentKernel, bias } = this.parameters;
    return tf.tidy(() => {
      const recurrent = tf.matMul(maskHidden(h, recurrentDropoutMask), recurrentKernel);
      const [i, f, g, o] = splitGates(tf.add(affine(input, inputKernel, bias), recurrent), 4);
      const inputGate = tf.sigmoid(i!);
      const forgetGate = tf.sigmoid(f!);
      const candidate = tf.tanh(g!);
      const outputGate = tf.sigmoid(o!);
      const nextC: tf.Tensor2D = tf.add(tf.mul(forgetGate, c), tf.mul(inputGate, candidate));
      return { h: tf.mul(outputGate, tf.tanh(nextC)), c: nextC };
    });
  }

  sequence(input: tf.Tensor3D, options: SequenceOptions<LstmState>): SequenceResult<LstmState> | undefined {
    if (!hasKernel(LstmSequence)) return undefined;
    const { initialState, lengths, recurrentDropoutMask, reverse } = options;
    const state = { initialH: initialState.h, initialC: initialState.c };
    const tensors = { input, ...this.parameters, ...state, lengths, recurrentDropoutMask };
    const { output, finalH, finalC } = lstmSequence(tensors, { reverse });
    return { output, finalState: { h: finalH, c: finalC } };
  }
}
