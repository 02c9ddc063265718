import * as names from './kernel-names.js';

/** Every fused kernel that has a contract in kernel-names.ts; an engine implements what it can. */
export const fusedKernelNames: readonly string[] = Object.values(names);
