import type { ByteSource } from '@unroll/core';
import { DataError } from '@unroll/core/errors';

/** One channel of 16-bit samples. */
export interface PlainSound {
  /** in hertz */
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

/**
 * The samples of a WAV file as those of the datasets here are: one channel, PCM of 16 bits or mu-law. Whatever else there is, task
 * packages read; this one only joins clips that it knows.
 *
 * @throws {DataError} `data/audio` for any other file
 */
export async function readPlainWav(source: ByteSource): Promise<PlainSound> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.bytes()) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const chunks = new Map<string, Buffer>();
  for (let start = 12; start + 8 <= bytes.length;) {
    const size = bytes.readUInt32LE(start + 4);
    chunks.set(bytes.toString('latin1', start, start + 4), bytes.subarray(start + 8, start + 8 + size));
    start += 8 + size + (size % 2);
  }
  const format = chunks.get('fmt ');
  const data = chunks.get('data');
  if (format === undefined || format.length < 16 || data === undefined || format.readUInt16LE(2) !== 1) {
    throw new DataError('data/audio', `${source.name} is no WAV file of one channel`);
  }
  const kind = `${format.readUInt16LE(0)}, ${format.readUInt16LE(14)} bits`;
  const sampleRate = format.readUInt32LE(4);
  if (kind === '7, 8 bits') return { sampleRate, samples: Int16Array.from(data, fromMuLaw) };
  if (kind !== '1, 16 bits') throw new DataError('data/audio', `${source.name} has samples of the form ${kind}`);
  const samples = new Int16Array(data.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = data.readInt16LE(2 * i);
  return { sampleRate, samples };
}

/** ITU-T G.711: sign, three bits of the segment, four of the step, all inverted. */
export function fromMuLaw(byte: number): number {
  const bits = ~byte & 0xff;
  const size = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return bits & 0x80 ? -size : size;
}

/** The nearest byte of ITU-T G.711 for a sample of 16 bits. */
export function toMuLaw(sample: number): number {
  const size = Math.min(32_635, Math.abs(sample)) + 132;
  const segment = 24 - Math.clz32(size);
  return ~((sample < 0 ? 128 : 0) | (segment << 4) | ((size >> (segment + 3)) & 15)) & 0xff;
}

/** A WAV file of 16-bit samples, the same bytes on every machine. */
export function plainWav({ sampleRate, samples }: PlainSound): Uint8Array {
  const file = Buffer.alloc(44 + 2 * samples.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(2 * sampleRate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(2 * samples.length, 40);
  for (let i = 0; i < samples.length; i++) file.writeInt16LE(samples[i]!, 44 + 2 * i);
  return file;
}
