import { tensorFlowEngineState } from './load.js';
import { registerKernels } from './register-kernels.js';

export { tensorFlowEngineState, type TensorFlowEngineState } from './load.js';

// Without TensorFlow nothing is registered: `tensorFlowEngineState()` says why, and other backends stay usable.
if (tensorFlowEngineState().status === 'ready') registerKernels();
