import { createReadStream, readFileSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { ByteSource } from '../data/byte-source.js';
import { DataError } from '../errors.js';
import { fileError } from './file-errors.js';

const pieceBytes = 1 << 20;

/**
 * A file, read in pieces as often as it is asked for; never held in memory as a whole.
 *
 * @throws {DataError} `file/…` if it cannot be read, now or on a later pass
 */
export function fileSource(path: string): ByteSource {
  const size = regularFileSize(path);
  return {
    name: path,
    bytes: () => (size !== undefined && size <= pieceBytes ? readAtOnce(path) : readFrom(path, {})),
    // Pipes and devices have no places.
    ...(size !== undefined && { size, bytesFrom: (start: number) => readFrom(path, { start }) }),
  };
}

/** A stream takes several turns of the thread pool, which thousands of short recordings would wait for one after the other. */
async function* readAtOnce(path: string): AsyncGenerator<Uint8Array, void> {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > 0) yield bytes;
  } catch (error) {
    throw fileError(error, 'read', path);
  }
}

async function* readFrom(path: string, place: { readonly start?: number }): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of createReadStream(path, { ...place, highWaterMark: pieceBytes }))
      yield chunk as Uint8Array;
  } catch (error) {
    throw fileError(error, 'read', path);
  }
}

/** Undefined for pipes and devices, whose size says nothing. */
function regularFileSize(path: string): number | undefined {
  try {
    const stats = statSync(path);
    if (stats.isDirectory())
      throw new DataError('file/eisdir', `cannot read ${path}: it is a folder, a file is needed`);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    throw fileError(error, 'read', path);
  }
}

/**
 * Standard input as it comes, read once: nothing of it is kept, so that it may be without end.
 *
 * @throws {DataError} `file/…` if reading fails
 */
export function passingStdin(stdin: Readable = process.stdin): ByteSource {
  return {
    name: 'standard input',
    async *bytes() {
      try {
        for await (const chunk of stdin) yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
      } catch (error) {
        throw fileError(error, 'read', 'standard input');
      }
    },
  };
}

/**
 * Standard input, which can be read but once: the first pass keeps the content in memory for the next ones.
 *
 * @throws {DataError} `file/…` if reading fails
 */
export function stdinSource(stdin: Readable = process.stdin): ByteSource {
  let kept: Uint8Array[] | undefined;
  return {
    name: 'standard input',
    async *bytes() {
      if (kept) {
        yield* kept;
        return;
      }
      const chunks: Uint8Array[] = [];
      for await (const bytes of passingStdin(stdin).bytes()) {
        chunks.push(bytes);
        yield bytes;
      }
      kept = chunks;
    },
  };
}
