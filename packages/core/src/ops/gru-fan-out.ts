import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from '../tensors/shapes.js';
import { ShapeError } from '../errors.js';
import { runFusedOperation } from './fused-operation.js';
import { hasKernel } from './has-kernel.js';
import { GruFanOut, GruFanOutGrad } from './kernel-names.js';
import { countPath } from './path-counts.js';

export interface GruFanOutTensors {
  /** u = x·W + b of M different inputs, `[inputRows, 3·hiddenSize]` */
  readonly inputProducts: tf.Tensor2D;
  /** v = h·R + rb of N states, `[states, 3·hiddenSize]` */
  readonly stateProducts: tf.Tensor2D;
  /** h, `[states, hiddenSize]` */
  readonly state: tf.Tensor2D;
}

/**
 * One step of a GRU from each of N states, with S = `fanOut` inputs each. Row i of the result has state ⌊i / S⌋ and input
 * i mod M, M being a multiple of S:
 *
 *   r = σ(u_r + v_r)   z = σ(u_z + v_z)   n = tanh(u_n + r ⊙ v_n)   h′ = (1 − z) ⊙ n + z ⊙ h
 *
 * This is `GruCell.step` of N·S rows for the products of M + N rows. In one kernel, with its gradient, where the engine
 * has it.
 *
 * @returns `[states·fanOut, hiddenSize]`; the caller owns it
 * @throws {ShapeError} `shape/mismatch`
 */
export function gruFanOut(tensors: GruFanOutTensors, fanOut: number): tf.Tensor2D {
  const { inputProducts, stateProducts, state } = tensors;
  const [states, hiddenSize] = state.shape;
  assertShape('inputProducts', inputProducts, { inputRows: 'any', gates: 3 * hiddenSize });
  assertShape('stateProducts', stateProducts, { states, gates: 3 * hiddenSize });
  if (inputProducts.shape[0] % fanOut !== 0 || (states * fanOut) % inputProducts.shape[0] !== 0) {
    const expected = `a multiple of fanOut = ${fanOut} that divides states·fanOut = ${states * fanOut}`;
    throw new ShapeError('shape/mismatch', `inputProducts must have ${expected} rows, got ${inputProducts.shape[0]}`);
  }
  if (!hasKernel(GruFanOut)) {
    countPath(GruFanOut, 'steps');
    return readableFanOut(tensors, fanOut);
  }
  countPath(GruFanOut, 'fused');
  const inputs = { inputProducts, stateProducts, state };
  const [output] = runFusedOperation({
    inputs,
    forward: () => ({
      outputs: [tf.engine().runKernel<tf.Tensor>(GruFanOut, inputs, { fanOut })],
      saved: Object.values(inputs),
    }),
    backward: ([dOutput], [u, v, h]) =>
      tf
        .engine()
        .runKernel<tf.Tensor[]>(
          GruFanOutGrad,
          { inputProducts: u!, stateProducts: v!, state: h!, dOutput: dOutput! },
          { fanOut },
        ),
  });
  return output as tf.Tensor2D;
}

/** The readable path: what the kernel must equal. */
function readableFanOut({ inputProducts, stateProducts, state }: GruFanOutTensors, fanOut: number): tf.Tensor2D {
  const [states, hiddenSize] = state.shape;
  return tf.tidy(() => {
    const period = inputProducts.shape[0] / fanOut;
    const repeats = states / period;
    const u = tf.reshape(inputProducts, [1, period, fanOut, 3 * hiddenSize]);
    const v = tf.reshape(stateProducts, [repeats, period, 1, 3 * hiddenSize]);
    const [inputR, inputZ, inputN] = tf.split(u, 3, 3);
    const [stateR, stateZ, stateN] = tf.split(v, 3, 3);
    const resetGate = tf.sigmoid(tf.add(inputR!, stateR!));
    const updateGate = tf.sigmoid(tf.add(inputZ!, stateZ!));
    const candidate = tf.tanh(tf.add(inputN!, tf.mul(resetGate, stateN!)));
    const h = tf.reshape(state, [repeats, period, 1, hiddenSize]);
    const next = tf.add(tf.mul(tf.sub(1, updateGate), candidate), tf.mul(updateGate, h));
    return tf.reshape(next, [states * fanOut, hiddenSize]);
  });
}
