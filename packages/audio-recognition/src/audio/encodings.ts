// oxlint-disable-next-line typescript/triple-slash-reference -- ambient: wav-decoder has no types, and other packages compile this file, too
/// <reference path="./wav-decoder.d.ts" />
import { ConfigError } from '@unroll/core';
import wavDecoder from 'wav-decoder';

/** How one sample is written; all are little-endian. */
export const encodings = ['u8', 's16le', 's24le', 's32le', 'f32le', 'f64le', 'alaw', 'mulaw'] as const;
export type Encoding = (typeof encodings)[number];

interface EncodingFacts {
  /** of one sample */
  readonly bytes: number;
  /** the largest value that it can write, of 1 */
  readonly fullScale: number;
  readonly isFloat?: boolean;
}

export const encodingFacts: Readonly<Record<Encoding, EncodingFacts>> = {
  u8: { bytes: 1, fullScale: 127 / 128 },
  s16le: { bytes: 2, fullScale: 1 - 2 ** -15 },
  s24le: { bytes: 3, fullScale: 1 - 2 ** -23 },
  s32le: { bytes: 4, fullScale: 1 - 2 ** -23 },
  f32le: { bytes: 4, fullScale: 1, isFloat: true },
  f64le: { bytes: 8, fullScale: 1, isFloat: true },
  alaw: { bytes: 1, fullScale: 32_256 / 32_768 },
  mulaw: { bytes: 1, fullScale: 32_124 / 32_768 },
};

/** @throws {ConfigError} `config/encoding` naming those that there are */
export function parseEncoding(name: string): Encoding {
  const found = encodings.find((encoding) => encoding === name);
  if (found) return found;
  throw new ConfigError(
    'config/encoding',
    `no encoding is called ${JSON.stringify(name)}; there are ${encodings.join(', ')}`,
  );
}

/**
 * Samples of interleaved channels, full scale −1 … 1: integers divided by 2^(bits − 1), 8 bits with 128 as their zero.
 *
 * wav-decoder reads 16, 24 and 32 bits and floats: it is given a header of ours before the bytes, so that one code reads files, pieces of
 * long ones and streams without a header, and what a file's own header claims never reaches it. What it does not read, or reads
 * otherwise than everybody else (8 bits: its zero is 127.5), is looked up in a table of 256 values here.
 *
 * @param bytes - whole samples of all channels
 * @returns `[channel][sample]`
 */
export function decodeSamples(bytes: Uint8Array, encoding: Encoding, channels: number): readonly Float32Array[] {
  const table = tables[encoding];
  if (table) return lookUp(bytes, table, channels);
  const { channelData } = wavDecoder.decode.sync(withHeader(bytes, encoding, channels), { symmetric: true });
  // wav-decoder takes −2^23 for +2^23, which no 24 bits hold.
  if (encoding === 's24le') for (const samples of channelData) negateOnes(samples);
  return channelData;
}

function lookUp(bytes: Uint8Array, table: Float32Array, channels: number): readonly Float32Array[] {
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(bytes.length / channels);
    for (let i = 0; i < samples.length; i++) samples[i] = table[bytes[i * channels + channel]!]!;
    return samples;
  });
}

function negateOnes(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) if (samples[i] === 1) samples[i] = -1;
}

const headerBytes = 44;

function withHeader(bytes: Uint8Array, encoding: Encoding, channels: number): ArrayBuffer {
  const whole = new Uint8Array(headerBytes + bytes.length);
  writeWavHeader(new DataView(whole.buffer), { encoding, channels, sampleRate: 1, dataBytes: bytes.length });
  whole.set(bytes, headerBytes);
  return whole.buffer;
}

export interface WavHeaderFields {
  readonly encoding: Encoding;
  readonly channels: number;
  readonly sampleRate: number;
  readonly dataBytes: number;
}

const formatCodes = { linear: 1, float: 3 } as const;

/** The 44 bytes before the samples of a WAV file of linear or float samples. */
export function writeWavHeader(view: DataView, { encoding, channels, sampleRate, dataBytes }: WavHeaderFields): void {
  const { bytes, isFloat } = encodingFacts[encoding];
  const ascii = (offset: number, text: string) => {
    for (let i = 0; i < text.length; i++) view.setUint8(offset + i, text.charCodeAt(i));
  };
  ascii(0, 'RIFF');
  view.setUint32(4, headerBytes - 8 + dataBytes + (dataBytes % 2), true);
  ascii(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, isFloat ? formatCodes.float : formatCodes.linear, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * bytes, true);
  view.setUint16(32, channels * bytes, true);
  view.setUint16(34, 8 * bytes, true);
  ascii(36, 'data');
  view.setUint32(40, dataBytes, true);
}

const tables: Readonly<Partial<Record<Encoding, Float32Array>>> = {
  u8: Float32Array.from({ length: 256 }, (_, code) => (code - 128) / 128),
  alaw: Float32Array.from({ length: 256 }, (_, code) => decodeAlaw(code) / 32_768),
  mulaw: Float32Array.from({ length: 256 }, (_, code) => decodeMulaw(code) / 32_768),
};

/** @returns a sample of 16 bits. @see ITU-T G.711, table 1 */
function decodeAlaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = bits & 15;
  const magnitude = exponent === 0 ? 2 * mantissa + 1 : (2 * mantissa + 33) << (exponent - 1);
  return bits & 0x80 ? 8 * magnitude : -8 * magnitude;
}

/** @returns a sample of 16 bits. @see ITU-T G.711, table 2 */
function decodeMulaw(code: number): number {
  const bits = ~code & 0xff;
  const exponent = (bits >> 4) & 7;
  const mantissa = bits & 15;
  const magnitude = ((2 * mantissa + 33) << exponent) - 33;
  return bits & 0x80 ? -4 * magnitude : 4 * magnitude;
}
