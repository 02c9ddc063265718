import { DataError } from '@unroll/core';
import type { ByteReader } from './byte-reader.js';
import { encodingFacts, type Encoding } from './encodings.js';
import { describeOtherFormat, howToConvert, notWav } from './other-formats.js';

/** How the samples of a file are written. */
export interface SoundFormat {
  readonly encoding: Encoding;
  readonly channels: number;
  /** in hertz */
  readonly sampleRate: number;
}

export interface WavHeader extends SoundFormat {
  /** that the header claims; Infinity where whoever wrote it could not know */
  readonly dataBytes: number;
  readonly warnings: readonly string[];
}

const mostChunks = 10_000;
const mostChannels = 1024;
const highestRate = 768_000;
/** Of a chunk that describes the samples; 40 bytes are used at most. */
const longestFormat = 1 << 16;
/** Sizes from here on are written by programs that write to a pipe, and mean nothing. */
const unknownSize = 0x7fff_0000;

interface Chunk {
  readonly id: string;
  readonly size: number;
}

/**
 * Reads a WAV file up to its first sample: RIFF, or RF64 (EBU Tech 3306) and BW64 for those beyond 4 GB.
 *
 * @throws {DataError} `data/not-wav`, `data/wav-header`, `data/wav-format` with how to convert the file, `data/empty-sound`
 */
export async function readWavHeader(reader: ByteReader, file: WavFile): Promise<WavHeader> {
  const { size: riffSize, isLong } = await readRiff(reader, file.name);
  let format: Omit<WavHeader, 'dataBytes' | 'warnings'> | undefined;
  let longSize: number | undefined;
  for (let count = 0; count < mostChunks; count++) {
    const chunk = await readChunk(reader);
    if (!chunk) break;
    if (chunk.id === 'data') {
      if (!format) throw headerError(file.name, 'its samples come before their description (fmt)');
      const claimed = isLong && chunk.size === 0xffff_ffff ? (longSize ?? Infinity) : chunk.size;
      const { dataBytes, warnings } = sizeOfData(claimed, { riffSize, isLong, file, position: reader.position() });
      return { ...format, dataBytes, warnings };
    }
    if (chunk.id === 'fmt ') format = parseFormat(await readSmall(reader, chunk, file.name), file.name);
    else if (chunk.id === 'ds64' && isLong) longSize = dataSizeOf(await readSmall(reader, chunk, file.name));
    else await reader.skip(chunk.size);
    await reader.skip(chunk.size % 2);
  }
  throw headerError(
    file.name,
    format ? 'it has no samples (no chunk "data")' : 'it ends before its samples are described',
  );
}

/** What messages need of a file. */
export interface WavFile {
  readonly name: string;
  /** in bytes, where known */
  readonly size?: number | undefined;
}

function headerError(name: string, problem: string): DataError {
  return new DataError('data/wav-header', `${name} is a damaged WAV file: ${problem}; ${howToConvert(name)}`);
}

async function readRiff(
  reader: ByteReader,
  name: string,
): Promise<{ readonly size: number; readonly isLong: boolean }> {
  const bytes = await reader.read(12);
  const id = ascii(bytes, 0);
  const isLong = id === 'RF64' || id === 'BW64';
  if ((id !== 'RIFF' && !isLong) || ascii(bytes, 8) !== 'WAVE') throw notWav(name, bytes);
  return { size: viewOf(bytes).getUint32(4, true), isLong };
}

/** Undefined at the end of the file. */
async function readChunk(reader: ByteReader): Promise<Chunk | undefined> {
  const bytes = await reader.read(8);
  return bytes.length < 8 ? undefined : { id: ascii(bytes, 0), size: viewOf(bytes).getUint32(4, true) };
}

async function readSmall(reader: ByteReader, { id, size }: Chunk, name: string): Promise<DataView> {
  if (size > longestFormat)
    throw headerError(name, `the description of its samples (${id.trim()}) claims ${size} bytes`);
  return viewOf(await reader.read(size));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function ascii(bytes: Uint8Array, start: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + 4));
}

/** Of the chunk ds64 of RF64. */
function dataSizeOf(view: DataView): number | undefined {
  return view.byteLength < 16 ? undefined : Number(view.getBigUint64(8, true));
}

const codes = { linear: 1, float: 3, alaw: 6, mulaw: 7, extensible: 0xfffe } as const;
/** What follows the format code in the 16 bytes that WAVE_FORMAT_EXTENSIBLE names its samples by. */
const extensibleTail = '000000001000800000aa00389b71';

function parseFormat(view: DataView, name: string): SoundFormat {
  if (view.byteLength < 16)
    throw headerError(name, `the description of its samples has ${view.byteLength} bytes of 16`);
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const blockBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  const encoding = encodingOf(codeOf(view, name), bits, name);
  if (channels < 1 || channels > mostChannels) {
    throw headerError(name, `it claims ${channels} channels; 1 to ${mostChannels} can be`);
  }
  if (sampleRate < 1 || sampleRate > highestRate) {
    throw headerError(name, `it claims ${sampleRate} samples a second; 1 to ${highestRate} can be`);
  }
  const expected = channels * encodingFacts[encoding].bytes;
  if (blockBytes !== expected) {
    throw headerError(name, `${channels} samples of ${bits} bits are ${expected} bytes, and it claims ${blockBytes}`);
  }
  return { encoding, channels, sampleRate };
}

function codeOf(view: DataView, name: string): number {
  const code = view.getUint16(0, true);
  if (code !== codes.extensible) return code;
  if (view.byteLength < 40)
    throw headerError(name, `the description of its samples has ${view.byteLength} bytes of 40`);
  let tail = '';
  for (let i = 26; i < 40; i++) tail += view.getUint8(i).toString(16).padStart(2, '0');
  if (tail === extensibleTail) return view.getUint16(24, true);
  throw new DataError('data/wav-format', `${name} holds samples of a kind that has no number; ${howToConvert(name)}`);
}

function encodingOf(code: number, bits: number, name: string): Encoding {
  const encoding = encodingsByCode(code, bits);
  if (encoding) return encoding;
  const known = Object.values<number>(codes).includes(code);
  const what = known ? `samples of ${bits} bits (format code ${hex(code)})` : describeOtherFormat(code);
  const message = `${name} holds ${what}, which are not read; ${howToConvert(name)}`;
  throw new DataError('data/wav-format', message);
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(4, '0')}`;
}

/** Integers of 9 to 15 bits and the like stand in the upper bits of whole bytes, so that they are read as those. */
function encodingsByCode(code: number, bits: number): Encoding | undefined {
  if (code === codes.alaw && bits === 8) return 'alaw';
  if (code === codes.mulaw && bits === 8) return 'mulaw';
  if (code === codes.float) return bits === 32 ? 'f32le' : bits === 64 ? 'f64le' : undefined;
  if (code !== codes.linear || bits < 1) return undefined;
  return (['u8', 's16le', 's24le', 's32le'] as const)[Math.ceil(bits / 8) - 1];
}

interface SizeOptions {
  readonly riffSize: number;
  readonly isLong: boolean;
  readonly file: WavFile;
  /** of the first sample in the file */
  readonly position: number;
}

/** How many bytes of samples there are to read, and what is wrong with the sizes of the header. */
function sizeOfData(
  claimed: number,
  { riffSize, isLong, file, position }: SizeOptions,
): { readonly dataBytes: number; readonly warnings: readonly string[] } {
  const left = file.size === undefined ? undefined : file.size - position;
  const isUnknown = claimed >= unknownSize && (left === undefined || left < claimed);
  if (isUnknown) return { dataBytes: Infinity, warnings: [] };
  // A header that was never finished: what was recorded until the program was killed.
  const isUnfinished = claimed === 0 && left !== 0 && (riffSize === 0 || riffSize === 0xffff_ffff);
  if (isUnfinished) {
    return { dataBytes: Infinity, warnings: ['its header gives no size (0 bytes): all that follows is read as sound'] };
  }
  const isWrong =
    !isLong && file.size !== undefined && riffSize !== 0xffff_ffff && Math.abs(riffSize + 8 - file.size) > 1;
  const isTruncated = left !== undefined && left < claimed;
  // A truncated file is told of when its samples have been counted.
  if (!isWrong || isTruncated) return { dataBytes: claimed, warnings: [] };
  return {
    dataBytes: claimed,
    warnings: [
      `its header gives a size of ${riffSize + 8} bytes, and the file has ${file.size}: its ${claimed} bytes of sound are read`,
    ],
  };
}
