export type { Patience } from './download.js';
export { openDataset, openManifest, type Dataset, type DatasetOptions, type FetchProgress } from './dataset.js';
export { parseManifest, type Manifest, type ManifestFile, type ManifestSplit, type ManifestText } from './manifest.js';
export { listDatasets, manifestOf } from './registry.js';
