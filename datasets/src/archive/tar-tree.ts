import type { ByteSource, FileTree } from '@unroll/core';
import type { RandomAccess } from './random-access.js';
import { readTarIndex, type TarLimits } from './tar-index.js';

/** The files of a tar archive, read where they lie. Errors as of `readTarIndex`. */
export async function tarTree(archive: RandomAccess, name: string, limits?: TarLimits): Promise<FileTree> {
  const entries = await readTarIndex(archive, name, limits);
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return {
    name,
    list: () => Promise.resolve(entries.map(({ path }) => path)),
    file(path): ByteSource | undefined {
      const entry = byPath.get(path);
      if (entry === undefined) return undefined;
      const { offset, size } = entry;
      return { name: `${name}/${path}`, size, bytes: () => archive.pieces(offset, offset + size) };
    },
  };
}
