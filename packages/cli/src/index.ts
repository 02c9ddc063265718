export type {
  AppDefinition,
  AppTask,
  ConfigChoice,
  Flag,
  NamedScores,
  Preparation,
  PrepareOptions,
  RunConfig,
  RunData,
  SavedModel,
  Verb,
  VerbContext,
} from './app.js';
export { arrivals } from './arrivals.js';
export { defineApp, type App } from './define-app.js';
export { columns } from './columns.js';
export { exitCodes } from './exit-codes.js';
export {
  engineFlags,
  modelFlag,
  outFlag,
  outputFlags,
  pairedFlags,
  recurrentFlags,
  seedFlag,
  type EngineFlags,
  type EngineName,
  type Precision,
} from './flags.js';
export { pairOf } from './data-names.js';
export { inFlags } from './in-flags.js';
export { Output } from './output.js';
export { StopRequest } from './signals.js';
export { decimalNumber, oneOf, ValueError, wholeNumber } from './values.js';
