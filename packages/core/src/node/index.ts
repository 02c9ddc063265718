export { fileSource, passingStdin, stdinSource } from './byte-sources.js';
export { loadCheckpoint, saveCheckpoint, type LoadedCheckpoint } from './checkpoint-files.js';
export { fileError } from './file-errors.js';
export { folderTree, type FolderOptions } from './file-tree.js';
export {
  findCheckpoint,
  findCheckpoints,
  openRunDirectory,
  type RunDirectory,
  type RunDirectoryOptions,
} from './run-directory.js';
export { readFileIfAny, readModelFolder, writeModelFolder } from './model-folder.js';
export { destinationOf, syncFolder, writeFileAtomically, type Destination } from './write-file.js';
