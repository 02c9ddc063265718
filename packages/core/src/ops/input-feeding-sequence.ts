import * as tf from '@tensorflow/tfjs-core';
import type { CellState } from '../cells/cell.js';
import type { TransitionTensors } from './attention-sequence.js';
import { runFusedOperation } from './fused-operation.js';
import { requireKernel } from './has-kernel.js';
import { InputFeedingSequence, InputFeedingSequenceGrad, type InputFeedingAttributes } from './kernel-names.js';
import { countPath } from './path-counts.js';

/** One layer of the stack. */
export interface FedLayerTensors {
  /** inputKernel `[inputSize + hiddenSize, gates·hiddenSize]` of the first layer, whose input is [input, f] */
  readonly weights: TransitionTensors;
  readonly initialState: CellState;
  /** `[batch, hiddenSize]`, on h inside the recurrent product; not differentiated */
  readonly recurrentDropoutMask?: tf.Tensor2D | undefined;
  /** `[time, batch, hiddenSize]`, on what comes from the layer below; not differentiated */
  readonly inputDropoutMask?: tf.Tensor3D | undefined;
}

export interface InputFeedingTensors {
  /** `[time, batch, inputSize]` */
  readonly input: tf.Tensor3D;
  readonly layers: readonly FedLayerTensors[];
  /** `[hiddenSize, keySize]`; absent where the state is compared as it is */
  readonly queryKernel?: tf.Tensor2D | undefined;
  /** W `[valueSize + hiddenSize, hiddenSize]` */
  readonly combineKernel: tf.Tensor2D;
  /** f₀ `[batch, hiddenSize]` */
  readonly initialFeed: tf.Tensor2D;
  /** `[keySize]`, of additive scores */
  readonly scoreVector?: tf.Tensor1D | undefined;
  /** `[sourceTime, batch, keySize]` */
  readonly keys: tf.Tensor3D;
  /** `[sourceTime, batch, valueSize]` */
  readonly values: tf.Tensor3D;
  /** int32 `[batch]`, each 0 … source time; all of it when absent */
  readonly sourceLengths?: tf.Tensor1D | undefined;
}

export interface InputFeedingOutputs {
  /** f `[time, batch, hiddenSize]` */
  readonly output: tf.Tensor3D;
  /** `[time, batch, sourceTime]`, zeros past each source's length */
  readonly weights: tf.Tensor3D;
}

/**
 * Recurrent layers whose top state attends after each step, with input feeding:
 *
 *   s_t = stack([x_t, f_{t−1}], s_{t−1})      c_t = attend(s_t)      f_t = tanh(W·[c_t, s_t])
 *
 * over all time steps in one kernel, with its gradient through both results. The cells are GRUs or LSTMs.
 *
 * @throws {BackendError} `backend/no-kernel` on an engine without the kernel
 * @see Luong, Pham & Manning 2015
 */
export function inputFeedingSequence(
  tensors: InputFeedingTensors,
  attributes: Omit<InputFeedingAttributes, 'layers'>,
): InputFeedingOutputs {
  requireKernel(InputFeedingSequence);
  const inputs = differentiated(tensors);
  const all = { ...inputs, ...constants(tensors) };
  const attrs = { ...attributes, layers: tensors.layers.length } as unknown as tf.NamedAttrMap;
  const kept = ['output', 'weights', 'workspace', ...Object.keys(all)];
  const [output, weights] = runFusedOperation({
    inputs,
    forward: () => {
      const made = tf.engine().runKernel<tf.Tensor[]>(InputFeedingSequence, all, attrs);
      return { outputs: made.slice(0, 2), saved: [...made, ...Object.values(all)] };
    },
    backward: ([dOutput, dWeights], saved) => {
      const given = Object.fromEntries(kept.map((name, i) => [name, saved[i]!]));
      const results = { dOutput: dOutput!, dWeights: dWeights! };
      return tf.engine().runKernel<tf.Tensor[]>(InputFeedingSequenceGrad, { ...given, ...results }, attrs);
    },
  });
  countPath(InputFeedingSequence, 'fused');
  return { output: output as tf.Tensor3D, weights: weights as tf.Tensor3D };
}

/** What the gradient kernel gives gradients of, in its order. */
function differentiated(tensors: InputFeedingTensors): Record<string, tf.Tensor> {
  const { input, layers, queryKernel, combineKernel, initialFeed, scoreVector, keys, values } = tensors;
  const ofLayers = layers.map(({ weights, initialState }, layer) => {
    const { inputKernel, recurrentKernel, bias, recurrentBias } = weights;
    const { h: initialH, c: initialC } = initialState;
    return numbered(layer, { inputKernel, recurrentKernel, bias, recurrentBias, initialH, initialC });
  });
  const others = { queryKernel, combineKernel, initialFeed, scoreVector, keys, values };
  return present({ input, ...Object.assign({}, ...ofLayers), ...others } as Record<string, tf.Tensor | undefined>);
}

function constants({ layers, sourceLengths }: InputFeedingTensors): Record<string, tf.Tensor> {
  const masks = layers.map(({ recurrentDropoutMask: recurrentMask, inputDropoutMask: inputMask }, layer) =>
    numbered(layer, { recurrentMask, inputMask }),
  );
  return present(Object.assign({ sourceLengths }, ...masks) as Record<string, tf.Tensor | undefined>);
}

function numbered(
  layer: number,
  tensors: Record<string, tf.Tensor | undefined>,
): Record<string, tf.Tensor | undefined> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${layer}.${name}`, tensor]));
}

const present = (tensors: Record<string, tf.Tensor | undefined>): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(tensors).flatMap(([name, tensor]) => (tensor ? [[name, tensor]] : [])));
