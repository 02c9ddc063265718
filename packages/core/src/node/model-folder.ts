import { mkdir, readFile, stat } from 'node:fs/promises';
import { CheckpointError, isUnrollError } from '../errors.js';
import type { SavedFiles } from '../saved-model.js';
import { fileError } from './file-errors.js';
import { writeFileAtomically } from './write-file.js';

/**
 * Writes the files of a model into a folder, which is made if need be.
 *
 * @throws {DataError} `file/…` if one cannot be written
 */
export async function writeModelFolder(folder: string, files: SavedFiles): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, 'make the folder', folder);
  });
  for (const [name, content] of Object.entries(files)) await writeFileAtomically(`${folder}/${name}`, content);
}

/**
 * The files of a model that are there.
 *
 * @throws {DataError} `file/…` if one cannot be read
 * @throws {CheckpointError} `checkpoint/damaged` as `readFileIfAny`
 */
export async function readModelFolder(folder: string, names: readonly string[]): Promise<SavedFiles> {
  const files: Record<string, Uint8Array> = {};
  for (const name of names) {
    const content = await readFileIfAny(`${folder}/${name}`);
    if (content) files[name] = content;
  }
  return files;
}

/** What one read can return; more is no file of ours. */
const longestFileBytes = 2 ** 31 - 1;

/** @throws {CheckpointError} `checkpoint/damaged` for a file that is longer than any of a model */
export async function readFileIfAny(path: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(path);
    if (size <= longestFileBytes) return await readFile(path);
    const message = `${path} has ${size} bytes, more than a saved model can; use the file that the run wrote`;
    throw new CheckpointError('checkpoint/damaged', message);
  } catch (error) {
    if (isUnrollError(error)) throw error;
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw fileError(error, 'read', path);
  }
}
