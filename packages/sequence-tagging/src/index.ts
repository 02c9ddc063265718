export * from './config.js';
export { findPreset, presets, type PresetName } from './presets/index.js';
export { schemeNames, type SchemeName } from './schemes/scheme-names.js';
export type * from './types.js';
