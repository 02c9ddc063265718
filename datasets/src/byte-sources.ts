import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ByteSource } from '@unroll/core';
import { DataError } from '@unroll/core/errors';
import { reasonOf } from './reasons.js';
import type { ManifestFile, SplitPart } from './manifest.js';

/** A file of a dataset that lies on this machine, checked. */
export interface LocalFile {
  readonly location: string;
  readonly compression?: 'gzip' | undefined;
}

/** Read at once: four times the default of streams, because every piece costs a turn of the event loop. */
const pieceBytes = 1 << 18;

interface Piece {
  readonly local: LocalFile;
  readonly part: SplitPart;
}

/** One file whole, decompressed. */
export function fileSource(name: string, file: ManifestFile, local: LocalFile): ByteSource {
  const part = { file, start: 0, end: file.bytes };
  return { name, size: file.bytes, bytes: () => readPart({ local, part }) };
}

/** The pieces one after the other, each followed by `terminator`; one piece at most is open at a time. */
export function joinedSource(name: string, pieces: readonly Piece[], terminator: string): ByteSource {
  const ending = new TextEncoder().encode(terminator);
  const size = pieces.reduce((sum, { part }) => sum + part.end - part.start + ending.length, 0);
  return {
    name,
    size,
    async *bytes() {
      for (const piece of pieces) {
        yield* readPart(piece);
        if (ending.length > 0) yield ending.slice();
      }
    },
  };
}

async function* readPart({ local, part }: Piece): AsyncGenerator<Uint8Array> {
  const { file, start, end } = part;
  if (start === end) return;
  let position = local.compression === undefined ? start : 0;
  for await (const chunk of opened(local, start, end)) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, chunk.length);
    position += chunk.length;
    if (local.compression !== undefined && position > file.bytes) throw notAsListed(local, file);
    if (to > from) yield chunk.subarray(from, to);
    // A whole file is read on to its end, so that surplus content and a wrong gzip checksum are seen.
    if (position >= end && end < file.bytes) return;
  }
  if (position < end) throw notAsListed(local, file);
}

async function* opened({ location, compression }: LocalFile, start: number, end: number): AsyncGenerator<Uint8Array> {
  try {
    if (compression === undefined)
      yield* createReadStream(location, { start, end: end - 1, highWaterMark: pieceBytes });
    else yield* gunzipped(location);
  } catch (error) {
    throw unreadable(location, error);
  }
}

/** The decompressed content of a gzip file, as a stream that closes the file when it is left early. */
function gunzipped(location: string): AsyncIterable<Uint8Array> {
  // Errors of either stream reach the reader through the second one; there is nothing left for the callback to do.
  return pipeline(createReadStream(location), createGunzip({ chunkSize: pieceBytes }), () => {});
}

function unreadable(location: string, error: unknown): DataError {
  return new DataError('data/unreadable', `cannot read ${location}: ${reasonOf(error)}`, { cause: error });
}

function notAsListed({ location }: LocalFile, file: ManifestFile): DataError {
  return new DataError(
    'dataset/changed',
    `${location} does not hold the ${file.bytes} bytes of ${file.path} that its manifest lists; it changed while it was used, open the dataset again`,
  );
}
