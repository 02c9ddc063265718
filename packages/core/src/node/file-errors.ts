import { DataError } from '../errors.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'it is a folder, a file is needed',
  ENOTDIR: 'a part of the path is a file, a folder is needed',
  EEXIST: 'it exists already and is no folder',
  EMFILE: 'too many files are open',
};

/**
 * An error of the file system as one line for the user; anything else is handed back as it came.
 *
 * @param action - what was tried: `read`, `write`, `open`
 */
export function fileError(error: unknown, action: string, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  if (!('syscall' in error)) return error;
  const reason = reasons[error.code] ?? error.code;
  return new DataError(`file/${error.code.toLowerCase()}`, `cannot ${action} ${path}: ${reason}`, { cause: error });
}
