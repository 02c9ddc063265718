export type { Patience } from './download.js';
export {
  openDataset,
  openManifest,
  type Dataset,
  type DatasetOptions,
  type DatasetSplit,
  type FetchProgress,
} from './dataset.js';
export { parseManifest, type Manifest, type ManifestFile, type ManifestSplit, type ManifestText } from './manifest.js';
export { readTarIndex, tarLimits, type TarEntry, type TarLimits } from './archive/tar-index.js';
export { openArchive, type ArchiveLimits, type ArchiveOptions } from './archive/open-archive.js';
export type { RecordingRow } from './recordings/select.js';
export { listDatasets, manifestOf } from './registry.js';
