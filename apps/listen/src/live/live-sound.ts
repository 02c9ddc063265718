import type { ByteSource } from '@unroll/core';
import { passingStdin } from '@unroll/core/node';
import { pcmPieces, soundPieces, type Encoding } from '@unroll/audio-recognition';

/** Sound that comes while it is recorded. */
export interface LiveSound extends AsyncIterable<Float32Array> {
  /** in hertz */
  readonly sampleRate: number;
  /** for people: what it is read as */
  readonly described: string;
  /** clipping and the like; complete at the end */
  readonly warnings: readonly string[];
}

interface StreamFlags {
  readonly format?: Encoding;
  readonly rate?: number;
  readonly channels?: number;
}

const defaults = { format: 's16le', rate: 16_000, channels: 1 } as const;

/**
 * Standard input as sound: raw samples as `flags` say, or, where it begins with a WAV header (as `arecord` writes one unless told `-t raw`), what
 * that says.
 *
 * @throws {DataError} as `pcmPieces` and `soundPieces`
 */
export async function openLiveSound(
  flags: StreamFlags,
  channel: 'mix' | number,
  source: ByteSource = passingStdin(),
): Promise<LiveSound> {
  const { beginning, whole } = await peek(source, 4);
  if (beginning === 'RIFF') {
    const pieces = await soundPieces(whole, { channel });
    const { encoding, channels, sampleRate } = pieces.format;
    const described = `WAV, ${encoding}, ${sampleRate} Hz, ${channelWords(channels)}`;
    return {
      sampleRate,
      described,
      warnings: pieces.warnings,
      [Symbol.asyncIterator]: () => pieces[Symbol.asyncIterator](),
    };
  }
  const { format, rate, channels } = { ...defaults, ...flags };
  const samples = pcmPieces(whole, { encoding: format, channels, sampleRate: rate, channel });
  return {
    sampleRate: rate,
    described: `raw ${format}, ${rate} Hz, ${channelWords(channels)}`,
    warnings: [],
    [Symbol.asyncIterator]: () => samples[Symbol.asyncIterator](),
  };
}

function channelWords(channels: number): string {
  return channels === 1 ? '1 channel' : `${channels} channels`;
}

/** The first bytes of a source as text, and the source with them, to be read once. */
async function peek(
  source: ByteSource,
  count: number,
): Promise<{ readonly beginning: string; readonly whole: ByteSource }> {
  const pieces = source.bytes()[Symbol.asyncIterator]();
  let first = Buffer.alloc(0);
  while (first.length < count) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    first = Buffer.concat([first, value]);
  }
  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    try {
      if (first.length > 0) yield first;
      for (;;) {
        const { done, value } = await pieces.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      await pieces.return?.();
    }
  }
  return { beginning: first.toString('latin1', 0, count), whole: { name: source.name, bytes } };
}
