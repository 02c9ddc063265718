import type { ByteSource } from '@unroll/core';

export interface WavParts {
  /** format code: 1 linear, 3 float, 6 A-law, 7 µ-law, 0xfffe extensible */
  readonly code?: number;
  readonly bits?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly blockBytes?: number;
  /** bytes after the first 16 of the chunk `fmt ` */
  readonly more?: Uint8Array;
  readonly riff?: string;
  readonly riffSize?: number;
  readonly dataSize?: number;
  /** between `WAVE` and the samples, whole chunks */
  readonly before?: Uint8Array;
  readonly after?: Uint8Array;
}

/** A WAV file around bytes of samples, right unless parts are given that are not. */
export function wavFile(samples: Uint8Array, parts: WavParts = {}): Uint8Array {
  const { code = 1, bits = 16, channels = 1, sampleRate = 8000, more = new Uint8Array(0) } = parts;
  const blockBytes = parts.blockBytes ?? channels * Math.ceil(bits / 8);
  const format = new Uint8Array(16 + more.length);
  const view = new DataView(format.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, sampleRate, true);
  view.setUint32(8, sampleRate * blockBytes, true);
  view.setUint16(12, blockBytes, true);
  view.setUint16(14, bits, true);
  format.set(more, 16);
  const body = concat([
    ascii('WAVE'),
    parts.before ?? new Uint8Array(0),
    chunk('fmt ', format),
    chunk('data', samples, parts.dataSize),
    parts.after ?? new Uint8Array(0),
  ]);
  return concat([ascii(parts.riff ?? 'RIFF'), uint32(parts.riffSize ?? body.length), body]);
}

/** The rest of `fmt ` of WAVE_FORMAT_EXTENSIBLE. */
export function extension(code: number, validBits: number): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 22, true);
  view.setUint16(2, validBits, true);
  view.setUint16(8, code, true);
  bytes.set([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71], 10);
  return bytes;
}

export function chunk(id: string, content: Uint8Array, size = content.length): Uint8Array {
  return concat([ascii(id), uint32(size), content, new Uint8Array(content.length % 2)]);
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export function uint32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Bytes as a file that comes in pieces, so that everything is cut everywhere. */
export function bytesSource(content: Uint8Array, name = 'a.wav', pieceSize = 7): ByteSource {
  return {
    name,
    size: content.length,
    async *bytes() {
      for (let i = 0; i < content.length; i += pieceSize) yield content.subarray(i, i + pieceSize);
    },
  };
}

/** Values with no two alike near one another, within ±`level`. */
export function irregular(count: number, level = 0.8): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => level * Math.sin(0.7 * i + 0.05 * ((i * i) % 97)));
}

/** Little-endian integers of so many bytes. */
export function integers(values: readonly number[], bytes: number): Uint8Array {
  return Uint8Array.from(
    values.flatMap((value) =>
      Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn)),
    ),
  );
}
