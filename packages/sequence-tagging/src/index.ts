export * from './config.js';
export { findPreset, presets, type PresetName } from './presets/index.js';
export { schemeNames, type SchemeName } from './schemes/scheme-names.js';
export type * from './types.js';
export {
  addStatistics,
  noStatistics,
  sameTag,
  scoredItems,
  scoresOfStatistics,
  tagStatistics,
  type ScoredColumn,
  type TagStatistics,
} from './metrics.js';
export { convertTags, tagsOf, type ConvertedTags } from './schemes/convert.js';
export { describeScheme, detectScheme, inspectScheme, type DetectedScheme } from './schemes/detect.js';
export { cellOfLabels, labelsOf, noLabels } from './schemes/labels.js';
export { spansOf } from './schemes/spans.js';
export { allowedTransitions, type AllowedTransitions } from './schemes/transitions.js';
