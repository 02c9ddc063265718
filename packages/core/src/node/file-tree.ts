import { lstatSync, realpathSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ByteSource, FileTree } from '../data/byte-source.js';
import { ConfigError, DataError } from '../errors.js';
import { fileSource } from './byte-sources.js';
import { fileError } from './file-errors.js';

export interface FolderOptions {
  /** more files than these are refused: somebody named `/` */
  readonly mostFiles?: number;
  /** folders within folders */
  readonly deepest?: number;
}

/**
 * The files of a folder and of all folders in it. Hidden files and folders are skipped, and so are links that lead out of the folder;
 * links inside of it are files and folders of their own.
 *
 * @throws {DataError} `file/…` if it is no folder or cannot be read; listing throws `data/too-many-files`, `data/too-deep`
 */
export function folderTree(path: string, { mostFiles = 10_000_000, deepest = 100 }: FolderOptions = {}): FileTree {
  const root = rootOf(path);
  return {
    name: path,
    async list() {
      const files: string[] = [];
      await walk({ root, files, mostFiles, deepest }, '', [root]);
      return files.sort(byCodeUnits);
    },
    file: (inside) => fileInside(path, root, inside),
  };
}

function rootOf(path: string): string {
  try {
    if (!statSync(path).isDirectory()) {
      throw new DataError('file/enotdir', `cannot read ${path} as a folder: it is a file`);
    }
    return realpathSync.native(path);
  } catch (error) {
    throw fileError(error, 'read', path);
  }
}

interface Walk {
  readonly root: string;
  readonly files: string[];
  readonly mostFiles: number;
  readonly deepest: number;
}

/** @param above - true paths of the folders on the way, so that a link to one of them does not go round in a circle */
async function walk(context: Walk, inside: string, above: readonly string[]): Promise<void> {
  const { root, files, mostFiles, deepest } = context;
  const folder = join(root, inside);
  if (above.length > deepest) {
    throw new DataError('data/too-deep', `${folder}: more than ${deepest} folders lie within one another`);
  }
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(error, 'read', folder);
  });
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
    const kind = entry.isSymbolicLink()
      ? linkKind(root, join(root, path))
      : { entry, real: join(above.at(-1)!, entry.name) };
    if (!kind) continue;
    if (kind.entry.isDirectory()) {
      if (!above.includes(kind.real)) await walk(context, path, [...above, kind.real]);
    } else if (kind.entry.isFile()) {
      files.push(path);
      if (files.length > mostFiles) {
        throw new DataError('data/too-many-files', `${root} has more than ${mostFiles} files; name a smaller folder`);
      }
    }
  }
}

/** What a link inside of the root leads to; undefined where it leads out or nowhere. */
function linkKind(root: string, path: string) {
  try {
    const real = realpathSync.native(path);
    return isInside(root, real) ? { entry: lstatSync(real), real } : undefined;
  } catch {
    return undefined;
  }
}

function isInside(root: string, real: string): boolean {
  return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** By code units, so that the order does not depend on the language of the system. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function fileInside(name: string, root: string, inside: string): ByteSource | undefined {
  const parts = inside.split('/');
  if (inside.includes('\0') || inside.startsWith('/') || parts.some((part) => part === '..')) {
    throw new ConfigError('config/path', `${JSON.stringify(inside)} is no path inside of ${name}`);
  }
  const path = join(root, ...parts);
  try {
    const real = realpathSync.native(path);
    if (!isInside(root, real) || !lstatSync(real).isFile()) return undefined;
  } catch {
    return undefined;
  }
  return { ...fileSource(path), name: join(name, ...parts) };
}
