export * from './config.js';
export { schemeNames, type SchemeName } from './schemes/scheme-names.js';
export type * from './types.js';
