import * as tf from '@tensorflow/tfjs-core';

export interface FusedOperation {
  /** the inputs that have a gradient, by name */
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  /** runs the kernel: what the caller gets, and what the backward pass needs besides */
  readonly forward: () => { readonly outputs: tf.Tensor[]; readonly saved: tf.Tensor[] };
  /** the gradient of each input, in the order of `inputs`, from those of the outputs (zeros where nobody used one) */
  readonly backward: (dOutputs: tf.Tensor[], saved: tf.Tensor[]) => tf.Tensor[];
}

interface TapeFunction {
  readonly inputs: tf.NamedTensorMap;
  forwardFunc(backend: unknown, save: (tensors: tf.Tensor[]) => void): tf.Tensor[];
  backwardsFunc(dOutputs: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]): Record<string, () => tf.Tensor>;
}

/**
 * Puts one kernel with several outputs on the gradient tape.
 *
 * tfjs' two public ways do not fit: a gradient registered for a kernel cannot save an optional input, and makes zeros
 * as large as every output that only the backward pass reads; `customGrad` allows one output. The method below both of
 * them does fit.
 */
export function runFusedOperation({ inputs, forward, backward }: FusedOperation): tf.Tensor[] {
  const engine = tf.engine() as unknown as { runKernelFunc(operation: TapeFunction): tf.Tensor[] };
  return engine.runKernelFunc({
    inputs: { ...inputs },
    forwardFunc: (_backend, save) => {
      const { outputs, saved } = forward();
      save(saved);
      return outputs;
    },
    backwardsFunc: (dOutputs, saved) => {
      const gradients = backward(Array.isArray(dOutputs) ? dOutputs : [dOutputs], saved);
      return Object.fromEntries(Object.keys(inputs).map((name, i) => [name, () => gradients[i]!]));
    },
  });
}
