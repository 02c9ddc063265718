/** The addon's functions behind the fused kernels; `NativeFunctions` includes them. */
export interface FusedFunctions {}
