import * as tf from '@tensorflow/tfjs-core';
import { gruSequence } from '../ops/gru-sequence.js';
import { hasKernel } from '../ops/has-kernel.js';
import { GruSequence } from '../ops/kernel-names.js';
import { glorotUniform, orthogonal, zeros, type Initializer } from '../tensors/initializers.js';
import { createParameter } from '../tensors/parameters.js';
import { deriveKey } from '../tensors/random.js';
import type { Cell, SequenceOptions, SequenceResult } from './cell.js';
import { affine, maskHidden, perGate, splitGates, type CellInitializers, type CellOptions } from './cell-parts.js';

export type GruState = { readonly h: tf.Tensor2D };

export interface GruOptions extends CellOptions {
  readonly initializers?: (CellInitializers & { readonly recurrentBias?: Initializer }) | undefined;
}

/**
 * The gated recurrent unit, with the reset gate after the recurrent product.
 *
 *   r = σ(x·W_r + b_r + h·R_r + rb_r)      z = σ(x·W_z + b_z + h·R_z + rb_z)
 *   n = tanh(x·W_n + b_n + r ⊙ (h·R_n + rb_n))
 *   h′ = (1 − z) ⊙ n + z ⊙ h
 *
 * Parameters: inputKernel W `[inputSize, 3·hiddenSize]`, recurrentKernel R `[hiddenSize, 3·hiddenSize]`, bias b and
 * recurrentBias rb `[3·hiddenSize]`, with the gates side by side in the order r, z, n.
 *
 * @see Cho et al. 2014. The paper resets h before the product, which is another function; this is the form of cuDNN
 * and PyTorch, whose product needs no gate first.
 */
export class GruCell implements Cell<GruState> {
  readonly kind = 'gru';
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly parameters: {
    readonly inputKernel: tf.Variable<tf.Rank.R2>;
    readonly recurrentKernel: tf.Variable<tf.Rank.R2>;
    readonly bias: tf.Variable<tf.Rank.R1>;
    readonly recurrentBias: tf.Variable<tf.Rank.R1>;
  };

  constructor({ inputSize, hiddenSize, key, initializers }: GruOptions) {
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const size = 3 * hiddenSize;
    this.parameters = {
      inputKernel: createParameter(
        [inputSize, size],
        initializers?.inputKernel ?? perGate(glorotUniform, 3),
        deriveKey(key, 'inputKernel'),
      ),
      recurrentKernel: createParameter(
        [hiddenSize, size],
        initializers?.recurrentKernel ?? perGate(orthogonal, 3),
        deriveKey(key, 'recurrentKernel'),
      ),
      bias: createParameter([size], initializers?.bias ?? zeros, deriveKey(key, 'bias')),
      recurrentBias: createParameter([size], initializers?.recurrentBias ?? zeros, deriveKey(key, 'recurrentBias')),
    };
  }

  zeroState(batchSize: number): GruState {
    return { h: tf.zeros([batchSize, this.hiddenSize]) };
  }

  step(input: tf.Tensor2D, { h }: GruState, recurrentDropoutMask?: tf.Tensor2D): GruState {
    const { inputKernel, recurrentKernel, bias, recurrentBias } = this.parameters;
    return tf.tidy(() => {
      const [inputR, inputZ, inputN] = splitGates(affine(input, inputKernel, bias), 3);
      const hidden = maskHidden(h, recurrentDropoutMask);
      const [hiddenR, hiddenZ, hiddenN] = splitGates(affine(hidden, recurrentKernel, recurrentBias), 3);
      const resetGate = tf.sigmoid(tf.add(inputR!, hiddenR!));
      const updateGate: tf.Tensor2D = tf.sigmoid(tf.add(inputZ!, hiddenZ!));
      const candidate = tf.tanh(tf.add(inputN!, tf.mul(resetGate, hiddenN!)));
      return { h: tf.add(tf.mul(tf.sub(1, updateGate), candidate), tf.mul(updateGate, h)) };
    });
  }

  sequence(input: tf.Tensor3D, options: SequenceOptions<GruState>): SequenceResult<GruState> | undefined {
    if (!hasKernel(GruSequence)) return undefined;
    const { initialState, lengths, recurrentDropoutMask, reverse } = options;
    const tensors = { input, ...this.parameters, initialH: initialState.h, lengths, recurrentDropoutMask };
    const { output, finalH } = gruSequence(tensors, { reverse });
    return { output, finalState: { h: finalH } };
  }
}
