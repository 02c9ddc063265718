import * as tf from '@tensorflow/tfjs-core';
import { runFusedOperation } from './fused-operation.js';
import { requireKernel } from './has-kernel.js';
import { countPath } from './path-counts.js';

/** What the three sequence kernels take alike; T, B, I, G and H as in kernel-names.ts. */
export interface SequenceTensors {
  /** `[time, batch, inputSize]` */
  readonly input: tf.Tensor3D;
  /** `[inputSize, gates·hiddenSize]` */
  readonly inputKernel: tf.Tensor2D;
  /** `[hiddenSize, gates·hiddenSize]` */
  readonly recurrentKernel: tf.Tensor2D;
  /** `[gates·hiddenSize]` */
  readonly bias: tf.Tensor1D;
  /** `[batch, hiddenSize]` */
  readonly initialH: tf.Tensor2D;
  /** int32 `[batch]`, each 0 … time */
  readonly lengths?: tf.Tensor1D | undefined;
  /** `[batch, hiddenSize]` */
  readonly recurrentDropoutMask?: tf.Tensor2D | undefined;
}

export interface SequenceOperation {
  readonly kernel: string;
  readonly gradientKernel: string;
  /** differentiated, in the order in which the gradient kernel returns their gradients; the first is `input` */
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  /** not differentiated, given to both kernels where defined */
  readonly optional: Readonly<Record<string, tf.Tensor | undefined>>;
  readonly attributes: tf.NamedAttrMap;
  /** the kernel's outputs in order: first those for the caller, of which the first is `output` … */
  readonly outputs: readonly string[];
  /** … then those that only the gradient kernel reads */
  readonly internals: readonly string[];
}

/** Runs a sequence kernel so that its gradient kernel runs in the backward pass; returns the caller's outputs. */
export function runSequenceOperation(operation: SequenceOperation): tf.Tensor[] {
  const { kernel, gradientKernel, inputs, attributes, outputs, internals } = operation;
  requireKernel(kernel);
  const optional = Object.entries(operation.optional).filter((entry): entry is [string, tf.Tensor] =>
    Boolean(entry[1]),
  );
  const allInputs = { ...inputs, ...Object.fromEntries(optional) };
  const savedNames = ['output', ...internals, ...Object.keys(allInputs)];
  const results = runFusedOperation({
    inputs,
    forward: () => {
      const all = tf.engine().runKernel<tf.Tensor[]>(kernel, allInputs, attributes);
      const saved = [all[0]!, ...all.slice(outputs.length), ...Object.values(allInputs)];
      return { outputs: all.slice(0, outputs.length), saved };
    },
    backward: (dOutputs, saved, wanted) => {
      const gradientInputs: tf.NamedTensorMap = {};
      savedNames.forEach((name, i) => (gradientInputs[name] = saved[i]!));
      outputs.forEach((name, i) => (gradientInputs[`d${name[0]!.toUpperCase()}${name.slice(1)}`] = dOutputs[i]!));
      const inputGradient = wanted.has('input');
      const gradientAttributes = { ...attributes, inputGradient };
      const gradients = tf.engine().runKernel<tf.Tensor[]>(gradientKernel, gradientInputs, gradientAttributes);
      return inputGradient ? gradients : [undefined, ...gradients];
    },
  });
  countPath(kernel, 'fused');
  return results;
}
