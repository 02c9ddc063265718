import { registerKernel } from './kernel.js';
import { sequenceGradientKernels, sequenceKernels } from './kernels/sequences.js';

/** Registers unroll's fused kernels for tfjs-node's backend. */
export function registerKernels(): void {
  sequenceKernels.forEach((kernel) => registerKernel(kernel));
  sequenceGradientKernels.forEach((kernel) => registerKernel(kernel));
}
