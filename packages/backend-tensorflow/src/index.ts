import { tensorFlowEngineState } from './load.js';
import { registerKernels } from './register-kernels.js';

export { tensorFlowEngineState } from './load.js';
export { tensorFlowKernels } from './report.js';
export type { MissingCause, TensorFlowEngineState } from './state.js';

// Without TensorFlow nothing is registered: `tensorFlowEngineState()` says why, and other backends stay usable.
if (tensorFlowEngineState().status === 'ready') registerKernels();
