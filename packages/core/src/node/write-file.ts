import { lstat, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from './file-errors.js';

/**
 * Writes a whole file so that at any moment, even after a crash or power cut, either the old or the new content is
 * there: a temporary file beside it, flushed to the disk, then renamed. What is no file, such as `/dev/null` or a pipe, is written to as it is:
 * a file must not take its place.
 *
 * @throws {DataError} `file/…` if it cannot be written; the old file stays as it was
 */
export async function writeFileAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    if (await isDevice(path)) {
      await writeFile(path, content);
      return;
    }
    await writeFileDurably(temporary, content);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, 'write', path);
  }
}

/** Whether something other than a file, a link or a folder is there: a device, a pipe, a socket. */
export async function isDevice(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isSymbolicLink() && !found.isDirectory();
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
