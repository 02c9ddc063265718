import * as tf from '@tensorflow/tfjs-core';

export interface FusedOperation {
  /** the inputs that have a gradient, by name */
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  /** runs the kernel: what the caller gets, and what the backward pass needs besides */
  readonly forward: () => { readonly outputs: tf.Tensor[]; readonly saved: tf.Tensor[] };
  /**
   * The gradient of each input, in the order of `inputs`, from those of the outputs (zeros where nobody used one).
   * Those of inputs that are not `wanted`, since no variable leads to them, are not looked at.
   */
  readonly backward: (
    dOutputs: tf.Tensor[],
    saved: tf.Tensor[],
    wanted: ReadonlySet<string>,
  ) => readonly (tf.Tensor | undefined)[];
}

interface TapeFunction {
  readonly inputs: tf.NamedTensorMap;
  forwardFunc(backend: unknown, save: (tensors: tf.Tensor[]) => void): tf.Tensor[];
  backwardsFunc(dOutputs: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]): Record<string, () => tf.Tensor>;
}

interface TapeNode {
  readonly inputs: tf.NamedTensorMap;
  gradient?: (dOutputs: tf.Tensor[]) => Record<string, () => tf.Tensor>;
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
  const names = Object.keys(inputs);
  let wanted: ReadonlySet<string> = new Set(names);
  let variables: readonly (tf.Variable | undefined)[] = [];
  const outputs = engine.runKernelFunc({
    inputs: { ...inputs },
    forwardFunc: (_backend, save) => {
      const { outputs, saved } = forward();
      // What tfjs saves it clones, which costs a few microseconds each; a variable stays alive by itself.
      variables = saved.map((tensor) => (tensor instanceof tf.Variable ? tensor : undefined));
      save(saved.filter((tensor) => !(tensor instanceof tf.Variable)));
      return outputs;
    },
    backwardsFunc: (dOutputs, clones) => {
      const others = clones.values();
      const saved = variables.map((variable) => variable ?? others.next().value!);
      const gradients = backward(Array.isArray(dOutputs) ? dOutputs : [dOutputs], saved, wanted);
      return Object.fromEntries(names.map((name, i) => [name, () => gradients[i]!]));
    },
  });
  beforeGradient(outputs, (node) => (wanted = new Set(Object.keys(node.inputs))));
  return outputs;
}

/**
 * Calls `see` with the newest node of the tape, if there is one, when its gradient is due. tfjs differentiates a copy of
 * the node, which has only those inputs that some variable leads to.
 *
 * The gradient of an output that nobody used is made here: tfjs would take new memory for it in every step.
 */
function beforeGradient(outputs: readonly tf.Tensor[], see: (node: TapeNode) => void): void {
  const engine = tf.engine();
  const node: TapeNode | undefined = engine.isTapeOn() ? engine.state.activeTape.at(-1) : undefined;
  if (!node) return;
  const shapes = outputs.map(({ shape }) => shape);
  const { gradient } = node;
  node.gradient = function (this: TapeNode, dOutputs: readonly (tf.Tensor | undefined)[]) {
    see(this);
    return gradient!(shapes.map((shape, i) => dOutputs[i] ?? tf.fill(shape, 0)));
  };
}
