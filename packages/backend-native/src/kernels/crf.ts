import type { KernelCall } from '../kernel.js';
import type { CrfArguments } from './fused-functions.js';

/** Sizes and scores, as the addon takes them. */
export function readCrf({ inputs, backend }: KernelCall): CrfArguments {
  const shape = inputs['emissions']!.shape as [number, number, number];
  const scores = ['emissions', 'transitions', 'start', 'end'].map((name) => backend.floats(inputs[name]!));
  const [emissions, transitions, start, end] = scores as [Float32Array, Float32Array, Float32Array, Float32Array];
  return [...shape, emissions, transitions, start, end, backend.ints(inputs['lengths']!)];
}
