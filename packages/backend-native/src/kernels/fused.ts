import type { NativeKernelConfig } from '../kernel.js';

/** The kernels that core names and tfjs does not know: recurrent sequences, the output layer's loss, the optimizer. */
export const fusedKernels: readonly NativeKernelConfig[] = [];
