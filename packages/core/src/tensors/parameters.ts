import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from './initializers.js';
import type { RandomKey } from './random.js';

/** Trainable variables by name; layers prefix the names of their parts: `layers.0.forward.inputKernel`. */
export type Parameters = Readonly<Record<string, tf.Variable>>;

/** `{ bias }` under `'head'` becomes `{ 'head.bias' }`. */
export function prefixParameters(prefix: string, parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, variable]) => [`${prefix}.${name}`, variable]));
}

/** A new trainable variable with its first values; whoever made the layer disposes it (`disposeParameters`). */
export function createParameter<R extends tf.Rank>(
  shape: readonly number[],
  initializer: Initializer,
  key: RandomKey,
): tf.Variable<R> {
  const values = tf.tensor(initializer(key, shape), [...shape], 'float32');
  const variable = tf.variable(values, true) as tf.Variable<R>;
  values.dispose(); // the variable holds the numbers by a count of its own
  return variable;
}

/** Frees the variables of a model that is no longer needed. */
export function disposeParameters(parameters: Parameters): void {
  for (const variable of Object.values(parameters)) variable.dispose();
}
