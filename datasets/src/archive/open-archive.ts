import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ByteSource, FileTree } from '@unroll/core';
import { DataError } from '@unroll/core/errors';
import { diskFailure } from '../disk-failure.js';
import { withFileLock } from '../file-lock.js';
import { reasonOf } from '../reasons.js';
import { accessToFile, accessToMemory } from './random-access.js';
import { tarTree } from './tar-tree.js';

export interface ArchiveOptions {
  /** where an archive that is too large for memory is decompressed to, once; it is checked already */
  readonly unpacked: string;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<ArchiveLimits> | undefined;
}

export interface ArchiveLimits {
  /** an archive of at most so many bytes, as stored, is kept in memory */
  readonly memoryBytes: number;
  /** what comes out of it is at most so long, in memory and on the disk */
  readonly unpackedMemoryBytes: number;
  readonly unpackedDiskBytes: number;
}

const defaults: ArchiveLimits = { memoryBytes: 2 ** 26, unpackedMemoryBytes: 2 ** 30, unpackedDiskBytes: 2 ** 36 };

/**
 * The files of a tar archive, compressed by gzip or not. A small one is kept in memory; a large one becomes a plain tar file on the
 * disk, in which files are read where they lie: 100,000 files of a dataset never become 100,000 files of this machine.
 *
 * @throws {DataError} `data/archive` for what is no tar or too long, `data/unreadable` for damaged gzip data, `dataset/disk`
 */
export async function openArchive(source: ByteSource, options: ArchiveOptions): Promise<FileTree> {
  const limits = { ...defaults, ...options.limits };
  if (source.size !== undefined && source.size <= limits.memoryBytes) {
    const pieces: Uint8Array[] = [];
    for await (const piece of contentOf(source, limits.unpackedMemoryBytes, options.signal)) pieces.push(piece);
    return tarTree(accessToMemory(Buffer.concat(pieces)), source.name);
  }
  const location = options.unpacked;
  await withFileLock(`${await madeFolder(location)}.lock`, () => unpackOnce(source, limits, options), options.signal);
  const { size } = await stat(location);
  const handle = await open(location);
  try {
    return await tarTree(accessToFile(location, size, handle), source.name);
  } finally {
    await handle.close();
  }
}

async function madeFolder(location: string): Promise<string> {
  await mkdir(dirname(location), { recursive: true }).catch((error: unknown) => {
    throw diskFailure(location, 0, error);
  });
  return location;
}

/** The file gets its name when it is whole, so that one with the name always is. */
async function unpackOnce(source: ByteSource, limits: ArchiveLimits, options: ArchiveOptions): Promise<void> {
  const { unpacked: location, signal } = options;
  if (await stat(location).catch(() => undefined)) return;
  const partial = `${location}.partial`;
  try {
    await pipeline(contentOf(source, limits.unpackedDiskBytes, signal), createWriteStream(partial, { flush: true }));
    await rename(partial, location);
  } catch (error) {
    await rm(partial, { force: true });
    signal?.throwIfAborted();
    throw error instanceof DataError ? error : diskFailure(location, 0, error);
  }
}

async function* contentOf(
  source: ByteSource,
  longest: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of plainBytes(source)) {
    signal?.throwIfAborted();
    bytes += piece.length;
    if (bytes > longest) {
      throw new DataError('data/archive', `${source.name}: its content is longer than ${longest} bytes`);
    }
    yield piece;
  }
}

async function* plainBytes(source: ByteSource): AsyncGenerator<Uint8Array> {
  const reader = source.bytes()[Symbol.asyncIterator]();
  const first = await reader.next();
  const rest = { [Symbol.asyncIterator]: () => reader };
  async function* whole(): AsyncGenerator<Uint8Array> {
    if (first.done === true) return;
    yield first.value;
    yield* rest;
  }
  const isGzip = first.done !== true && first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip) {
    yield* whole();
    return;
  }
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const decompressing = pipeline(Readable.from(whole()), gunzip).catch((error: unknown) => error);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    const cause = (await decompressing) ?? error;
    throw cause instanceof DataError
      ? cause
      : new DataError('data/unreadable', `cannot read ${source.name}: ${reasonOf(cause)}`, { cause });
  }
}
