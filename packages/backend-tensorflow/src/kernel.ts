import * as tf from '@tensorflow/tfjs-core';
import { withOps, type TensorOps, type Value } from './tensor-ops.js';
import type { TensorFlowBackend } from './tfjs-node.js';

export const backendName = 'tensorflow';

/** A kernel on TensorFlow's ops: from inputs by name to its output, or outputs in order. */
export interface TensorFlowKernel<Inputs, Attributes> {
  readonly kernelName: string;
  readonly run: (
    ops: TensorOps,
    inputs: { readonly [Name in keyof Inputs]: Value },
    attributes: Attributes,
  ) => Value | readonly Value[];
}

export function registerKernel<Inputs, Attributes>({ kernelName, run }: TensorFlowKernel<Inputs, Attributes>): void {
  // tfjs-node has some of these already, and tfjs warns of a second one
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      withOps(backend as TensorFlowBackend, (ops) => {
        const values = Object.fromEntries(
          Object.entries(inputs).flatMap(([name, input]) => (input ? [[name, ops.input(input)]] : [])),
        );
        const results = run(ops, values as { [Name in keyof Inputs]: Value }, (attrs ?? {}) as unknown as Attributes);
        return 'id' in results ? ops.give([results])[0]! : ops.give(results);
      }),
  });
}
