import { DataError, type ByteSource } from '@unroll/core';
import { readBytes, type ByteReader } from './byte-reader.js';
import { createSoundChecks } from './check-sound.js';
import { encodingFacts } from './encodings.js';
import { createResampler } from './resample.js';
import { createSampleDecoder } from './sample-decoder.js';
import { readWavHeader, type SoundFormat, type WavHeader } from './wav-header.js';

export interface PiecesOptions {
  /** in hertz; that of the file where it is absent or 0 */
  readonly sampleRate?: number | undefined;
  /** from 1, or the mean of all, which is the default */
  readonly channel?: 'mix' | number | undefined;
  /** in seconds; the whole file unless given */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** Sound as it is read, once; full scale is −1 … 1. */
export interface SoundPieces extends AsyncIterable<Float32Array> {
  /** of the file */
  readonly format: SoundFormat;
  /** in hertz, of the samples */
  readonly sampleRate: number;
  /** `kind: explanation`; complete when the last piece has been read */
  readonly warnings: readonly string[];
  /** for one who does not read to the end */
  close(): Promise<void>;
}

/**
 * Opens a WAV file and reads it a piece at a time: memory does not grow with its length.
 *
 * @throws {DataError} as `readWavHeader`, and `data/channel`; reading throws `data/nan`, `data/empty-sound`, `data/segment`
 */
export async function soundPieces(file: ByteSource, options: PiecesOptions = {}): Promise<SoundPieces> {
  const reader = readBytes(file);
  try {
    const { warnings: found, ...header } = await readWavHeader(reader, file);
    const warnings = found.map((warning) => `header: ${warning}`);
    const sampleRate = options.sampleRate || header.sampleRate;
    const decoder = createSampleDecoder(header, options.channel ?? 'mix', file.name);
    const samples = decoded({ reader, header, decoder, name: file.name, warnings, ...options });
    const { encoding, channels } = header;
    return {
      format: { encoding, channels, sampleRate: header.sampleRate },
      sampleRate,
      warnings,
      close: () => reader.close(),
      [Symbol.asyncIterator]: () => resampled(samples, header.sampleRate, sampleRate),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** How a file is written and how long it is, without reading its samples. @throws {DataError} as `readWavHeader` */
export async function readSoundFormat(file: ByteSource): Promise<SoundFormat & { readonly seconds?: number }> {
  const reader = readBytes(file);
  try {
    const { encoding, channels, sampleRate, dataBytes } = await readWavHeader(reader, file);
    const left = file.size === undefined ? Infinity : file.size - reader.position();
    const bytes = Math.min(dataBytes, left);
    const seconds = bytes / (channels * encodingFacts[encoding].bytes * sampleRate);
    return { encoding, channels, sampleRate, ...(Number.isFinite(seconds) && { seconds }) };
  } finally {
    await reader.close();
  }
}

interface Decoding extends PiecesOptions {
  readonly reader: ByteReader;
  readonly header: Omit<WavHeader, 'warnings'>;
  readonly decoder: ReturnType<typeof createSampleDecoder>;
  readonly name: string;
  readonly warnings: string[];
}

async function* decoded(decoding: Decoding): AsyncGenerator<Float32Array, void> {
  const { reader, header, decoder, name, warnings, start = 0, end = Infinity } = decoding;
  const block = header.channels * encodingFacts[header.encoding].bytes;
  const checks = createSoundChecks(encodingFacts[header.encoding].fullScale);
  const firstByte = block * Math.round(start * header.sampleRate);
  const lastByte = Math.min(header.dataBytes, block * Math.round(end * header.sampleRate));
  let bytes = 0;
  try {
    bytes = await reader.skip(Math.min(firstByte, header.dataBytes));
    for await (const piece of reader.pieces(lastByte - bytes)) {
      bytes += piece.length;
      const samples = decoder.push(piece);
      checks.push(samples);
      if (samples.length > 0) yield samples;
    }
  } finally {
    await reader.close();
  }
  const seconds = bytes / block / header.sampleRate;
  if (bytes < firstByte + block) throw nothingToRead(name, { start, seconds });
  if (Number.isFinite(header.dataBytes) && bytes < lastByte) {
    const promised = Math.floor(header.dataBytes / block);
    warnings.push(`truncated: its header promises ${promised} samples, and ${Math.floor(bytes / block)} are there`);
  } else if (Number.isFinite(end) && bytes + block <= block * Math.round(end * header.sampleRate)) {
    warnings.push(`segment: it ends at ${seconds.toFixed(3)} s, before the end that is asked for, ${end} s`);
  }
  if (decoder.left() > 0) warnings.push(`truncated: its last sample is incomplete and left out`);
  warnings.push(...checks.warnings());
}

function nothingToRead(
  name: string,
  { start, seconds }: { readonly start: number; readonly seconds: number },
): DataError {
  if (start === 0) {
    return new DataError('data/empty-sound', `${name} has no samples; record it again, or leave it out`);
  }
  const message = `${name} ends at ${seconds.toFixed(3)} s, before the start that is asked for, ${start} s`;
  return new DataError('data/segment', message);
}

async function* resampled(
  pieces: AsyncIterable<Float32Array>,
  from: number,
  to: number,
): AsyncGenerator<Float32Array, void> {
  const resampler = createResampler(from, to);
  for await (const samples of pieces) {
    const out = resampler.push(samples);
    if (out.length > 0) yield out;
  }
  const out = resampler.end();
  if (out.length > 0) yield out;
}
