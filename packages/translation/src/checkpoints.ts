import { CheckpointError, type NamedArray, type NamedArrays } from '@unroll/core';

/** The weights of a checkpoint and where they are from, for messages. */
export interface NamedWeights {
  readonly name: string;
  readonly parameters: NamedArrays;
}

/**
 * The mean of several checkpoints of one run, which often translates better than each of them:
 *
 *   θ = Σᵢ θᵢ / N
 *
 * Sums are in float64. Checkpoints of different runs have nothing in common, although their shapes may agree.
 *
 * @param checkpoints - at least one
 * @throws {CheckpointError} `checkpoint/mismatch` if names, types or shapes differ, naming both checkpoints and the parameter
 *
 * @see Junczys-Dowmunt, Dwojak & Sennrich 2016, "The AMU-UEDIN submission to the WMT16 news translation task"
 */
export function averageCheckpoints(checkpoints: readonly NamedWeights[]): NamedArrays {
  const [first, ...others] = checkpoints;
  if (!first) throw new CheckpointError('checkpoint/mismatch', 'an average needs at least one checkpoint, got none');
  for (const other of others) checkAlike(first, other);
  return Object.fromEntries(
    Object.entries(first.parameters).map(([name, array]) => {
      const values = checkpoints.map(({ parameters }) => parameters[name]!.values);
      return [name, { ...array, values: meanOf(values) } as NamedArray];
    }),
  );
}

function meanOf(rows: readonly ArrayLike<number>[]): Float32Array {
  return Float32Array.from({ length: rows[0]!.length }, (_, place) => {
    return rows.reduce((sum, row) => sum + row[place]!, 0) / rows.length;
  });
}

function checkAlike(first: NamedWeights, other: NamedWeights): void {
  const names = new Set([...Object.keys(first.parameters), ...Object.keys(other.parameters)]);
  for (const name of names) {
    const [expected, got] = [describe(first.parameters[name]), describe(other.parameters[name])];
    if (expected === got && expected.startsWith('float32')) continue;
    const problem = `parameter "${name}" is ${expected} in ${first.name} and ${got} in ${other.name}`;
    throw new CheckpointError('checkpoint/mismatch', `${problem}; average checkpoints of one run`);
  }
}

function describe(array: NamedArray | undefined): string {
  return array ? `${array.dtype} [${array.shape.join(', ')}]` : 'missing';
}
