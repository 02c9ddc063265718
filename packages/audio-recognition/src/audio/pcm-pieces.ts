import type { ByteSource } from '@unroll/core';
import { parseEncoding, type Encoding } from './encodings.js';
import { createSampleDecoder } from './sample-decoder.js';

export interface PcmOptions {
  /** of each sample: `s16le` … */
  readonly encoding?: Encoding | undefined;
  /** interleaved */
  readonly channels?: number | undefined;
  /** in hertz, for messages */
  readonly sampleRate?: number | undefined;
  /** from 1, or the mean of all, which is the default */
  readonly channel?: 'mix' | number | undefined;
}

/**
 * Samples without a header, as `arecord -t raw` writes them, as they come: none waits for another piece. What is left of a sample that
 * the end cuts in two is dropped.
 *
 * @throws {ConfigError} `config/encoding`; reading throws {DataError} `data/channel`, `data/nan`
 */
export function pcmPieces(source: ByteSource, options: PcmOptions = {}): AsyncIterable<Float32Array> {
  const { channels = 1, sampleRate = 16_000, channel = 'mix' } = options;
  const encoding = parseEncoding(options.encoding ?? 's16le');
  return {
    async *[Symbol.asyncIterator]() {
      const decoder = createSampleDecoder({ encoding, channels, sampleRate }, channel, source.name);
      for await (const bytes of source.bytes()) {
        const samples = decoder.push(bytes);
        if (samples.length > 0) yield samples;
      }
    },
  };
}
