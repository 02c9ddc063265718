import * as tf from '@tensorflow/tfjs-core';
import { collectLookups, type Lookup } from '../ops/lookups.js';
import { sumRowsByIndex, type TableRows } from '../ops/sum-rows-by-index.js';
import { addGradients, type Gradient } from '../optimizers/gradient.js';

export interface Derivatives {
  readonly value: tf.Scalar;
  /** one for each variable, `undefined` for one that was not used */
  readonly gradients: readonly (Gradient | undefined)[];
  /** one for each of the other tensors, likewise */
  readonly others: readonly (tf.Tensor | undefined)[];
}

/**
 * A scalar function of variables and its gradients. A table of which rows were looked up (`gatherRows`) gets a gradient
 * of these rows alone, unless it was also used as a whole, as a tied embedding is.
 *
 * @param others - tensors that `compute` uses and whose gradients are wanted, too
 * @returns the caller owns all of it
 */
export function differentiate(
  compute: () => tf.Scalar,
  variables: readonly tf.Variable[],
  others: readonly tf.Tensor[] = [],
): Derivatives {
  const lookups: Lookup[] = [];
  const sources: tf.Tensor[] = [...variables, ...others];
  const firstLookup = sources.length;
  const onLookup = (lookup: Lookup) => {
    lookups.push(lookup);
    sources.push(lookup.picked); // tfjs looks at its sources once `compute` has run
  };
  try {
    // The engine's own call under tf.variableGrads: gradients by position, and none for what was not used.
    const { value, grads } = tf
      .engine()
      .gradients(() => collectLookups(variables, onLookup, compute), sources, undefined, true);
    const all = grads as readonly (tf.Tensor | undefined)[];
    const parts = lookups.map(({ table, indices }, i) => ({ table, indices, dPicked: all[firstLookup + i] }));
    const gradients = variables.map((variable, i) => {
      const rows = sumLookups(parts.filter(({ table }) => table === variable));
      return rows && all[i] ? addGradients(all[i], rows, variable.shape) : (rows ?? all[i]);
    });
    return { value, gradients, others: all.slice(variables.length, firstLookup) };
  } finally {
    tf.dispose(lookups.map(({ indices }) => indices));
  }
}

/** The gradient of a table's rows from all lookups of them; disposes what reached the lookups. */
function sumLookups(
  lookups: readonly { readonly indices: tf.Tensor; readonly dPicked: tf.Tensor | undefined }[],
): TableRows | undefined {
  const used = lookups.filter(({ dPicked }) => dPicked !== undefined);
  if (used.length === 0) return undefined;
  const flat = tf.tidy(() => ({
    indices: joined(used.map(({ indices }) => tf.reshape(indices, [-1]))) as tf.Tensor1D,
    values: joined(used.map(({ dPicked }) => tf.reshape(dPicked!, [-1, dPicked!.shape.at(-1)!]))) as tf.Tensor2D,
  }));
  const rows = sumRowsByIndex(flat.indices, flat.values);
  tf.dispose([flat.indices, flat.values, ...used.map(({ dPicked }) => dPicked!)]);
  return rows;
}

function joined(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tensors.length === 1 ? tensors[0]! : tf.concat([...tensors]);
}
