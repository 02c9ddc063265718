export * from './config.js';
export type * from './types.js';
export {
  cleanPairs,
  describeDropped,
  dropEmptyPairs,
  dropReasons,
  type CleanedPairs,
  type DropReason,
} from './cleaning.js';
export { normalizeText } from './formats/normalize-text.js';
export {
  describePairFile,
  openPairs,
  openSources,
  pairSources,
  readPairs,
  type PairFile,
  type PairSources,
  type SourceFile,
} from './records.js';
