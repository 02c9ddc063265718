export { NativeBackend, type ArrayOf, type NativeMemory, type NumberType, type Output } from './backend.js';
export type { PoolState } from './buffer-pool.js';
export { backendName, kernelRuns, resetKernelRuns, type RunCount } from './kernel.js';
export {
  configureNative,
  engineInfo,
  nativeEngineState,
  type EngineInfo,
  type NativeConfiguration,
  type NativeEngineState,
  type Precision,
} from './native.js';
export { nativeStages } from './stages.js';
