import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ByteSource } from '@unroll/core';
import { DataError } from '@unroll/core/errors';
import { reasonOf } from './reasons.js';
import type { ManifestFile, SplitPart } from './manifest.js';

/** A file of a dataset that is on this machine, checked: on the disk, or in memory. */
export type LocalFile =
  { readonly location: string; readonly compression?: 'gzip' | undefined } | { readonly content: Uint8Array };

export type StoredFile = Exclude<LocalFile, { readonly content: Uint8Array }>;

/** Read at once: four times the default of streams, because every piece costs a turn of the event loop. */
const pieceBytes = 1 << 18;

interface Piece {
  readonly local: LocalFile;
  readonly part: SplitPart;
}

/** One file whole, decompressed. */
export function fileSource(name: string, file: ManifestFile, local: LocalFile): ByteSource {
  return joinedSource(name, [{ local, part: { file, start: 0, end: file.bytes } }], '');
}

/** The pieces one after the other, each followed by `terminator`; one file at most is open at a time. */
export function joinedSource(name: string, pieces: readonly Piece[], terminator: string): ByteSource {
  const ending = new TextEncoder().encode(terminator);
  const size = pieces.reduce((sum, { part }) => sum + part.end - part.start + ending.length, 0);
  return {
    name,
    size,
    async *bytes() {
      for (const pass of passesOver(pieces)) {
        for await (const bytes of readPass(pass)) {
          if (bytes !== endOfPart) yield bytes;
          else if (ending.length > 0) yield ending.slice();
        }
      }
    },
  };
}

/** Parts of one file that are read in one go. */
interface Pass {
  readonly local: LocalFile;
  readonly parts: readonly SplitPart[];
}

/** Ascending parts of a compressed file are one pass, because each would be decompressed from the start. */
function passesOver(pieces: readonly Piece[]): readonly Pass[] {
  const passes: { local: LocalFile; parts: SplitPart[] }[] = [];
  for (const { local, part } of pieces) {
    const last = passes.at(-1);
    const before = last?.parts.at(-1);
    const follows = before?.file === part.file && before.end <= part.start;
    if (last && follows && 'compression' in local && local.compression) last.parts.push(part);
    else passes.push({ local, parts: [part] });
  }
  return passes;
}

const endOfPart = Symbol('end of a part');

async function* readPass({ local, parts }: Pass): AsyncGenerator<Uint8Array | typeof endOfPart> {
  if (!('content' in local)) {
    yield* readStored(local, parts);
    return;
  }
  for (const { start, end } of parts) {
    // A copy: whoever reads may write on what it was given.
    if (start < end) yield new Uint8Array(local.content.subarray(start, end));
    yield endOfPart;
  }
}

async function* readStored(
  local: StoredFile,
  parts: readonly SplitPart[],
): AsyncGenerator<Uint8Array | typeof endOfPart> {
  const { file, start } = parts[0]!;
  const { end } = parts.at(-1)!;
  const empty = start === end;
  let position = empty || local.compression === undefined ? start : 0;
  let done = 0;
  for await (const chunk of empty ? [] : opened(local, start, end)) {
    const first = position;
    position += chunk.length;
    if (local.compression !== undefined && position > file.bytes) throw notAsListed(local, file);
    for (let part = parts[done]; part; part = parts[done]) {
      const from = Math.max(part.start, first);
      const to = Math.min(part.end, position);
      if (to > from) yield chunk.subarray(from - first, to - first);
      if (part.end > position) break;
      yield endOfPart;
      done += 1;
    }
    // A whole file is read on to its end, so that surplus content and a wrong gzip checksum are seen.
    if (done === parts.length && end < file.bytes) return;
  }
  if (position < end) throw notAsListed(local, file);
  for (; done < parts.length; done++) yield endOfPart;
}

async function* opened({ location, compression }: StoredFile, start: number, end: number): AsyncGenerator<Uint8Array> {
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

function notAsListed({ location }: StoredFile, file: ManifestFile): DataError {
  return new DataError(
    'dataset/changed',
    `${location} does not hold the ${file.bytes} bytes of ${file.path} that its manifest lists; it changed while it was used, open the dataset again`,
  );
}
