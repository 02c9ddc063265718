import type { TensorOps, Value } from '../tensor-ops.js';
import { walkChain, walkChainGradient, type SequenceValues } from './chain.js';
import type { ChainCell } from './chain-cell.js';
import { walkCudnn, walkCudnnGradient, type CudnnMode } from './cudnn.js';

/** Small, no two sizes alike, one sequence shorter than the other. */
const sizes = { time: 3, batch: 2, input: 5, hidden: 4 };
const tolerance = 1e-3;
const results = new Map<CudnnMode, boolean>();

/**
 * Whether cuDNN gives this cell's numbers on this machine, found out at its first use: both passes on a small problem against the chain of ops. If
 * not, a warning says so once, and cuDNN is not used again.
 */
export function isCudnnRight(ops: TensorOps, mode: CudnnMode, cell: ChainCell): boolean {
  const known = results.get(mode);
  if (known !== undefined) return known;
  const problem = difference(ops, mode, cell);
  results.set(mode, problem === undefined);
  if (problem !== undefined) {
    process.emitWarning(`unroll: cuDNN's ${mode} is not used, plain TensorFlow ops compute in its place: ${problem}`);
  }
  return problem === undefined;
}

function difference(ops: TensorOps, mode: CudnnMode, cell: ChainCell): string | undefined {
  try {
    for (const reverse of [false, true]) {
      const values = problemOf(ops, mode);
      const [fast, slow] = [walkCudnn(ops, mode, { values, reverse }), walkChain(ops, cell, { values, reverse })];
      const rest = { dOutput: numbers(ops, slow.output.shape, 7), dFinalH: values.initialH, dFinalC: values.initialC };
      const options = { values, reverse, inputGradient: true };
      const pairs: (readonly [Value | undefined, Value | undefined])[] = [
        [fast.output, slow.output],
        [fast.final.h, slow.final.h],
        [fast.final.c, slow.final.c],
      ];
      const ofFast = walkCudnnGradient(ops, mode, { ...options, gradients: { ...rest, ...fast } });
      const ofSlow = walkChainGradient(ops, cell, { ...options, gradients: { ...rest, ...slow } });
      pairs.push(...ofSlow.map((value, i) => [ofFast[i], value] as const));
      const worst = Math.max(...pairs.map(([a, b]) => (a && b ? distance(ops, a, b) : 0)));
      if (!(worst <= tolerance)) return `its results differ by ${worst.toPrecision(2)}`;
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 200) : String(error);
  }
}

function problemOf(ops: TensorOps, mode: CudnnMode): SequenceValues {
  const { time, batch, input, hidden } = sizes;
  const units = { lstm: 4, gru: 3, rnn_tanh: 1, rnn_relu: 1 }[mode] * hidden;
  return {
    input: numbers(ops, [time, batch, input], 1),
    inputKernel: numbers(ops, [input, units], 2),
    recurrentKernel: numbers(ops, [hidden, units], 3),
    bias: numbers(ops, [units], 4),
    recurrentBias: mode === 'gru' ? numbers(ops, [units], 5) : undefined,
    initialH: numbers(ops, [batch, hidden], 6),
    initialC: mode === 'lstm' ? numbers(ops, [batch, hidden], 8) : undefined,
    lengths: ops.integers([time, time - 1]),
  };
}

/** Irregular, between −½ and ½, the same in every process. */
function numbers(ops: TensorOps, shape: readonly number[], seed: number): Value {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return ops.floats(
    Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed) / 2),
    shape,
  );
}

function distance(ops: TensorOps, a: Value, b: Value): number {
  const [x, y] = [ops.read(a), ops.read(b)];
  return Array.from(x, (value, i) => Math.abs(value - y[i]!)).reduce((worst, each) => Math.max(worst, each), 0);
}
