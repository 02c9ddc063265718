// Runs in a process of its own, which `probeTensorFlow` starts and listens to.
import { tensorFlowEngineState, tensorFlowKernels } from './index.js';
import type { TensorFlowReport } from './report.js';

const report: TensorFlowReport = { state: tensorFlowEngineState(), fusedKernels: tensorFlowKernels() };
process.send?.(report, () => process.disconnect());
