import type * as tf from '@tensorflow/tfjs-core';

/** Trainable variables by name; layers prefix the names of their parts: `layers.0.forward.inputKernel`. */
export type Parameters = Readonly<Record<string, tf.Variable>>;

/** `{ bias }` under `'head'` becomes `{ 'head.bias' }`. */
export function prefixParameters(prefix: string, parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, variable]) => [`${prefix}.${name}`, variable]));
}
