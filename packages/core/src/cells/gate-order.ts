import { ConfigError } from '../errors.js';

/**
 * The order in which gates lie side by side in our kernels and biases; one letter a gate, as in the equations.
 *
 * Other libraries order the same blocks otherwise, or take the update gate in the other sense; both are conversions of
 * weights and are done here alone. Where a GRU applies its reset gate is not: before and after the recurrent product
 * are two different functions.
 */
export const gateOrder = { elman: 'h', lstm: 'ifgo', gru: 'rzn' } as const;

export interface GateReorder {
  /** the blocks' order now, one letter each: `ifgo` */
  readonly from: string;
  /** the wanted order, the same letters */
  readonly to: string;
}

/**
 * Puts the gate blocks of every row into another order.
 *
 * @param values - `[rows, gates·hiddenSize]` row-major, or a bias `[gates·hiddenSize]` with one row
 * @returns a new array of the same shape
 * @throws {ConfigError} `config/gate-order` if the orders do not have the same letters, or the blocks do not fit
 */
export function reorderGates(values: Float32Array, rows: number, { from, to }: GateReorder): Float32Array {
  const hiddenSize = values.length / (rows * from.length);
  if (Array.from(from).sort().join() !== Array.from(to).sort().join() || new Set(from).size !== from.length) {
    throw new ConfigError(
      'config/gate-order',
      `gate orders must have the same letters once each, got ${from} and ${to}`,
    );
  }
  if (!Number.isInteger(hiddenSize)) {
    throw new ConfigError(
      'config/gate-order',
      `${values.length} numbers are not ${rows} rows of ${from.length} equal blocks (${from})`,
    );
  }
  const reordered = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (const [block, gate] of Array.from(to).entries()) {
      const source = (row * from.length + from.indexOf(gate)) * hiddenSize;
      reordered.set(values.subarray(source, source + hiddenSize), (row * to.length + block) * hiddenSize);
    }
  }
  return reordered;
}

/**
 * Turns an update gate round, z to 1 − z: since 1 − σ(a) = σ(−a), one block of every kernel and bias changes sign.
 *
 * @param values - as for `reorderGates`
 */
export function negateGate(values: Float32Array, rows: number, gate: { order: string; letter: string }): Float32Array {
  const hiddenSize = values.length / (rows * gate.order.length);
  const block = gate.order.indexOf(gate.letter);
  return values.map((value, i) => (Math.floor(i / hiddenSize) % gate.order.length === block ? -value : value));
}
