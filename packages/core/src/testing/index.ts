export { forAll, sequenceCases, type SequenceCase } from './arbitraries.js';
export { describeCell, type CellConformance } from './cell-conformance.js';
export { checkGradients, type GradientCheck } from './check-gradients.js';
export { expectedPath } from './expected-path.js';
export { expectTrace } from './expect-trace.js';
export { expectClose, tolerances, type Numbers, type Tolerance } from './expect-close.js';
export {
  elmanReluReference,
  elmanTanhReference,
  gruReference,
  lstmReference,
  referenceUnroll,
  type ReferenceResult,
  type ReferenceSequence,
  type ReferenceState,
  type ReferenceStep,
} from './reference-cells.js';
