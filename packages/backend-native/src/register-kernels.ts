import type { NativeKernelConfig } from './kernel.js';
import { fusedKernels } from './kernels/fused.js';

/** Every kernel of this package; one file each. */
export const nativeKernels: readonly NativeKernelConfig[] = [...fusedKernels];
