import * as tf from '@tensorflow/tfjs-core';
import { runFusedOperation } from './fused-operation.js';
import { requireKernel } from './has-kernel.js';
import { AttentionSequence, AttentionSequenceGrad, type AttentionSequenceAttributes } from './kernel-names.js';
import { countPath } from './path-counts.js';

/** The weights of one transition, as those of its cell class. */
export interface TransitionTensors {
  /** `[inputSize, gates·hiddenSize]` */
  readonly inputKernel: tf.Tensor2D;
  /** `[hiddenSize, gates·hiddenSize]` */
  readonly recurrentKernel: tf.Tensor2D;
  /** `[gates·hiddenSize]` */
  readonly bias: tf.Tensor1D;
  /** `[3·hiddenSize]`, of a GRU */
  readonly recurrentBias?: tf.Tensor1D | undefined;
}

export interface AttentionSequenceTensors {
  /** `[time, batch, inputSize]` */
  readonly input: tf.Tensor3D;
  /** of 'before': its input is [input, context] */
  readonly first: TransitionTensors;
  /** of 'between' alone: its input is the context */
  readonly second?: TransitionTensors | undefined;
  /** `[hiddenSize, keySize]`; absent where the state is compared as it is */
  readonly queryKernel?: tf.Tensor2D | undefined;
  /** `[keySize]`, of additive scores */
  readonly scoreVector?: tf.Tensor1D | undefined;
  /** `[sourceTime, batch, keySize]` */
  readonly keys: tf.Tensor3D;
  /** `[sourceTime, batch, valueSize]` */
  readonly values: tf.Tensor3D;
  /** int32 `[batch]`, each 0 … source time; all of it when absent */
  readonly sourceLengths?: tf.Tensor1D | undefined;
  /** `[batch, hiddenSize]` */
  readonly initialH: tf.Tensor2D;
  /** `[batch, hiddenSize]`, of an LSTM */
  readonly initialC?: tf.Tensor2D | undefined;
  /** `[batch, hiddenSize]`, on h inside the recurrent product of each transition; not differentiated */
  readonly recurrentDropoutMask?: tf.Tensor2D | undefined;
}

export interface AttentionSequenceOutputs {
  /** `[time, batch, hiddenSize]` */
  readonly output: tf.Tensor3D;
  /** `[time, batch, valueSize]` */
  readonly contexts: tf.Tensor3D;
  /** `[time, batch, sourceTime]`, zeros past each source's length */
  readonly weights: tf.Tensor3D;
  /** `[batch, hiddenSize]` */
  readonly finalH: tf.Tensor2D;
  /** `[batch, hiddenSize]`, of an LSTM */
  readonly finalC?: tf.Tensor2D | undefined;
}

/**
 * A recurrent layer with attention inside its step, over all time steps in one kernel, with its gradient; `AttentiveLayer`
 * has the equations.
 *
 * @throws {BackendError} `backend/no-kernel` on an engine without the kernel
 */
export function attentionSequence(
  tensors: AttentionSequenceTensors,
  attributes: AttentionSequenceAttributes,
): AttentionSequenceOutputs {
  requireKernel(AttentionSequence);
  const inputs = differentiated(tensors);
  const constants = present({
    sourceLengths: tensors.sourceLengths,
    recurrentDropoutMask: tensors.recurrentDropoutMask,
  });
  const all = { ...inputs, ...constants };
  const states = attributes.cell === 'lstm' ? ['finalH', 'finalC'] : ['finalH'];
  const names = ['output', 'contexts', 'weights', ...states];
  const attrs = { ...attributes } as unknown as tf.NamedAttrMap;
  const results = runFusedOperation({
    inputs,
    forward: () => {
      const made = tf.engine().runKernel<tf.Tensor[]>(AttentionSequence, all, attrs);
      const outputs = made.slice(0, names.length);
      return { outputs, saved: [...outputs.slice(0, 3), made.at(-1)!, ...Object.values(all)] };
    },
    backward: (dOutputs, saved) => {
      const kept = ['output', 'contexts', 'weights', 'workspace', ...Object.keys(all)];
      const given: tf.NamedTensorMap = Object.fromEntries(kept.map((name, i) => [name, saved[i]!]));
      names.forEach((name, i) => (given[`d${name[0]!.toUpperCase()}${name.slice(1)}`] = dOutputs[i]!));
      return tf.engine().runKernel<tf.Tensor[]>(AttentionSequenceGrad, given, attrs);
    },
  });
  countPath(AttentionSequence, 'fused');
  return Object.fromEntries(names.map((name, i) => [name, results[i]!])) as unknown as AttentionSequenceOutputs;
}

/** What the gradient kernel gives gradients of, in its order. */
function differentiated(tensors: AttentionSequenceTensors): Record<string, tf.Tensor> {
  const { input, first, second, queryKernel, scoreVector, keys, values, initialH, initialC } = tensors;
  return present({
    input,
    ...weightsOf('first', first),
    ...weightsOf('second', second),
    queryKernel,
    scoreVector,
    keys,
    values,
    initialH,
    initialC,
  });
}

function weightsOf(name: string, transition: TransitionTensors | undefined): Record<string, tf.Tensor | undefined> {
  if (!transition) return {};
  const { inputKernel, recurrentKernel, bias, recurrentBias } = transition;
  return {
    [`${name}.inputKernel`]: inputKernel,
    [`${name}.recurrentKernel`]: recurrentKernel,
    [`${name}.bias`]: bias,
    [`${name}.recurrentBias`]: recurrentBias,
  };
}

const present = (tensors: Record<string, tf.Tensor | undefined>): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(tensors).flatMap(([name, tensor]) => (tensor ? [[name, tensor]] : [])));
