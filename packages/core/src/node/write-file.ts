import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from './file-errors.js';

/**
 * Writes a whole file so that at any moment, even after a crash or power cut, either the old or the new content is
 * there: a temporary file beside it, flushed to the disk, then renamed. `destinationOf` says what becomes of links, devices and pipes.
 *
 * @throws {DataError} `file/…` if it cannot be written; the old file stays as it was
 */
export async function writeFileAtomically(named: string, content: Uint8Array | string): Promise<void> {
  const { path, inPlace } = await destinationOf(named);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    if (inPlace) {
      await writeFile(path, content);
      return;
    }
    await writeFileDurably(temporary, content);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, 'write', named);
  }
}

export interface Destination {
  readonly path: string;
  /** no file is there, but a device, a pipe or a socket: it is written to as it is, for a file must not take its place */
  readonly inPlace: boolean;
}

/** Where what is written to a path goes. A link stays: what it leads to is written, `/dev/stdout` for example. */
export async function destinationOf(path: string): Promise<Destination> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return { path, inPlace: false };
  const isOrdinary = found.isFile() || found.isDirectory();
  return isOrdinary ? { path: await realpath(path), inPlace: false } : { path, inPlace: true };
}

/** Writes a new file and waits until the disk has it. */
export async function writeFileDurably(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the disk has a folder's names, which a rename changes. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // Some file systems cannot flush a folder; they order their renames themselves.
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await folder.close();
  }
}
