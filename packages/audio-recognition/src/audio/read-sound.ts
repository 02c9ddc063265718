import { DataError } from '@unroll/core';
import type { Recording, Sound } from '../types.js';
import { concatenate } from './resample.js';
import { soundPieces } from './sound-pieces.js';
import { trimSilence } from './trim-silence.js';

export interface ReadSoundOptions {
  /** in hertz; that of the file where it is absent or 0 */
  readonly sampleRate?: number | undefined;
  /** from 1, or the mean of all, which is the default */
  readonly channel?: 'mix' | number | undefined;
  /** as `data.trimDecibels`; 0 trims nothing */
  readonly trimDecibels?: number | undefined;
  readonly trimMarginSeconds?: number | undefined;
  /** a longer one is refused, so that no file fills the memory */
  readonly longestSeconds?: number | undefined;
}

export interface ReadSound {
  readonly sound: Sound;
  /** `kind: explanation`, for example `clipping: …`, so that kinds can be counted */
  readonly warnings: readonly string[];
}

const hour = 3600;

/**
 * A recording in memory, at one rate, in one channel.
 *
 * @throws {DataError} as `soundPieces`, and `data/too-long`
 */
export async function readSound(recording: Recording, options: ReadSoundOptions = {}): Promise<ReadSound> {
  const { longestSeconds = 4 * hour, trimDecibels = 0, trimMarginSeconds = 0.05 } = options;
  const { start, end, file } = recording;
  const pieces = await soundPieces(file, { sampleRate: options.sampleRate, channel: options.channel, start, end });
  const { sampleRate } = pieces;
  const parts: Float32Array[] = [];
  let length = 0;
  for await (const samples of pieces) {
    parts.push(samples);
    length += samples.length;
    if (length > longestSeconds * sampleRate) {
      const message = `${recording.name} is longer than ${longestSeconds} s; cut it, or name its parts by start and end in a manifest`;
      throw new DataError('data/too-long', message);
    }
  }
  const whole = { samples: concatenate(parts), sampleRate };
  const sound =
    trimDecibels > 0 ? trimSilence(whole, { decibels: trimDecibels, marginSeconds: trimMarginSeconds }) : whole;
  const change =
    pieces.format.sampleRate === sampleRate
      ? []
      : [`sample rate: it has ${pieces.format.sampleRate} Hz and was resampled to ${sampleRate} Hz`];
  return { sound, warnings: [...pieces.warnings, ...change] };
}
