import type { TensorOps, Value } from '../tensor-ops.js';

/** The ops that sequences of different lengths need besides a walk over all steps. */
export interface Padding {
  /** `[T, B, …]` with zeros past each length, and in reverse each sequence's own steps turned round */
  arrange(value: Value): Value;
  /** what `arrange` did to the order, undone; and zeros past each length */
  restore(value: Value): Value;
  /** the value of each sequence after its own last step. @param states - T + 1 of `[B, H]`, the initial one first */
  last(states: readonly Value[]): Value;
  /** the gradient of `last`: T + 1 of `[B, H]` */
  lastGradient(gradient: Value): Value[];
}

/** @param lengths - int32 `[B]`, each 0 … T */
export function createPadding(
  ops: TensorOps,
  lengths: Value,
  { timeSteps, reverse }: { readonly timeSteps: number; readonly reverse: boolean },
): Padding {
  const batchSize = lengths.shape[0]!;
  const values = ops.read(lengths);
  const isReal = Float32Array.from({ length: timeSteps * batchSize }, (_, i) =>
    Math.floor(i / batchSize) < values[i % batchSize]! ? 1 : 0,
  );
  const zero = ops.scalar(0);
  const real = ops.run('Greater', [ops.floats(isReal, [timeSteps, batchSize, 1]), zero]);
  const ends = ops.integers(
    Array.from({ length: 2 * batchSize }, (_, i) => (i % 2 === 0 ? values[i / 2]! : (i - 1) / 2)),
    [batchSize, 2],
  );
  const turn = (value: Value): Value =>
    reverse
      ? ops.run('ReverseSequence', [value, lengths], [ops.attribute('seq_dim', 0), ops.attribute('batch_dim', 1)])
      : value;
  // A choice rather than a product: what stands in padding may be infinite.
  const clear = (value: Value): Value => ops.run('SelectV2', [real, value, zero]);
  return {
    arrange: (value) => turn(clear(value)),
    restore: (value) => turn(clear(value)),
    last: (states) => ops.run('GatherNd', [ops.pack(states), ends]),
    lastGradient: (gradient) => {
      const shape = ops.integers([timeSteps + 1, ...gradient.shape]);
      return ops.unpack(ops.run('ScatterNd', [ends, gradient, shape]));
    },
  };
}
