/** Registers unroll's fused kernels for tfjs-node's backend. */
export function registerKernels(): void {}
