import { access, constants, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import type { ByteSource } from '@unroll/core';
import { DataError } from '@unroll/core/errors';
import { gunzipped, pieceBytes, unreadable } from './byte-sources.js';
import { codeOf } from './reasons.js';

/**
 * A file of the user's, read in pieces however long it is; one whose name ends in `.gz` is decompressed on the way.
 *
 * @throws {DataError} `data/missing`, `data/unreadable` (a folder, no permission) here; `data/unreadable` while reading
 */
export async function openFile(path: string): Promise<ByteSource> {
  const packed = path.endsWith('.gz');
  try {
    await access(path, constants.R_OK);
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    // A pipe or device has no size to go by.
    const size = packed || !found.isFile() ? {} : { size: found.size };
    return { name: path, ...size, bytes: () => contentOf(path, packed) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      throw new DataError('data/missing', `there is no file ${path}; check the path`, { cause: error });
    }
    throw unreadable(path, error);
  }
}

async function* contentOf(path: string, packed: boolean): AsyncGenerator<Uint8Array> {
  try {
    yield* packed
      ? gunzipped(path)
      : (createReadStream(path, { highWaterMark: pieceBytes }) as AsyncIterable<Uint8Array>);
  } catch (error) {
    throw unreadable(path, error);
  }
}
