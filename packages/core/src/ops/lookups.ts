import * as tf from '@tensorflow/tfjs-core';

/** Rows looked up in a table, which are differentiated instead of the table. */
export interface Lookup {
  readonly table: tf.Variable;
  /** int32, any shape; whoever collects disposes it */
  readonly indices: tf.Tensor;
  /** `[…, columns]` */
  readonly picked: tf.Tensor;
}

interface Collection {
  readonly tables: ReadonlySet<tf.Tensor>;
  readonly onLookup: (lookup: Lookup) => void;
  /** of nested gradients: those inside are none of the collector's business */
  readonly gradientDepth: number;
}

let collection: Collection | undefined;

/**
 * Runs `compute` so that rows which `gatherRows` picks from one of `tables` are leaves of the gradient tape: what
 * reaches them is the gradient of these rows, and the table's own gradient, as large as the table, is never made of them.
 * Whoever collects must ask for the gradients of `picked`, and must be inside `tf.engine().gradients`.
 */
export function collectLookups<T>(
  tables: readonly tf.Variable[],
  onLookup: (lookup: Lookup) => void,
  compute: () => T,
): T {
  const outer = collection;
  collection = { tables: new Set(tables), onLookup, gradientDepth: tf.engine().state.gradientDepth };
  try {
    return compute();
  } finally {
    collection = outer;
  }
}

/** The rows as a leaf of the gradient tape, or `undefined` where nobody collects lookups of this table. */
export function collectedLookup(table: tf.Tensor2D, indices: tf.Tensor): tf.Tensor | undefined {
  const engine = tf.engine();
  if (!collection?.tables.has(table) || !engine.isTapeOn()) return undefined;
  if (engine.state.gradientDepth !== collection.gradientDepth) return undefined;
  // What has no inputs leaves no way back to the table.
  const leaf = tf.customGrad(() => ({ value: tf.gather(table, indices), gradFunc: () => [] }));
  const picked = leaf();
  collection.onLookup({ table: table as tf.Variable<tf.Rank.R2>, indices: tf.keep(tf.clone(indices)), picked });
  return picked;
}
