export { kernelCost, type FinishedCall } from './kernel-cost.js';
export { ProfileBuilder, type Profile, type ProfileRow } from './profile.js';
export { describeProfile, profileTable } from './profile-table.js';
export { pauses, type Cost, type ProfiledStep, type Span, type StageSource, type TakenStages } from './span.js';
export { StepProfiler, type StepProfilerOptions } from './step-profiler.js';
export { TraceBuilder, type TraceEvent, type TraceFile } from './trace.js';
export { watchKernels } from './watch-kernels.js';
