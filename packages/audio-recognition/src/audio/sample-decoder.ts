import { DataError } from '@unroll/core';
import { decodeSamples, encodingFacts } from './encodings.js';
import type { SoundFormat } from './wav-header.js';

/** Bytes in pieces of any length to samples of one channel. */
export interface SampleDecoder {
  push(bytes: Uint8Array): Float32Array;
  /** bytes of a sample that was cut in two by the end */
  left(): number;
}

/**
 * @param channel - from 1, or the mean of all
 * @param name - for messages
 * @throws {DataError} `data/channel` for one that there is not; pushing throws `data/nan` naming the sample
 */
export function createSampleDecoder(format: SoundFormat, channel: 'mix' | number, name: string): SampleDecoder {
  const { encoding, channels, sampleRate } = format;
  if (channel !== 'mix' && channel > channels) {
    const message = `${name} has ${channels === 1 ? 'one channel' : `${channels} channels`}, and channel ${channel} is asked for (data.channel)`;
    throw new DataError('data/channel', message);
  }
  const block = channels * encodingFacts[encoding].bytes;
  let rest = new Uint8Array(0);
  let count = 0;
  return {
    push(bytes) {
      const { whole, left } = cut(rest, bytes, block);
      rest = left;
      if (whole.length === 0) return new Float32Array(0);
      const all = decodeSamples(whole, encoding, channels);
      const samples = channel === 'mix' ? mix(all) : all[channel - 1]!;
      if (encodingFacts[encoding].isFloat) checkFinite(all, { name, count, sampleRate });
      count += samples.length;
      return samples;
    },
    left: () => rest.length,
  };
}

function cut(rest: Uint8Array<ArrayBuffer>, bytes: Uint8Array, block: number) {
  let joined = bytes;
  if (rest.length > 0) {
    joined = new Uint8Array(rest.length + bytes.length);
    joined.set(rest);
    joined.set(bytes, rest.length);
  }
  const end = joined.length - (joined.length % block);
  return { whole: joined.subarray(0, end), left: joined.slice(end) };
}

function mix(all: readonly Float32Array[]): Float32Array {
  const [first] = all;
  if (all.length === 1) return first!;
  const mean = new Float32Array(first!.length);
  for (let i = 0; i < mean.length; i++) {
    let sum = 0;
    for (const samples of all) sum += samples[i]!;
    mean[i] = sum / all.length;
  }
  return mean;
}

interface Place {
  readonly name: string;
  /** samples before */
  readonly count: number;
  readonly sampleRate: number;
}

function checkFinite(all: readonly Float32Array[], { name, count, sampleRate }: Place): void {
  for (const [channel, samples] of all.entries()) {
    const index = samples.findIndex((value) => !Number.isFinite(value));
    if (index < 0) continue;
    const at = count + index;
    const where = all.length === 1 ? '' : `, channel ${channel + 1}`;
    const message = `${name}: sample ${at + 1} (at ${(at / sampleRate).toFixed(3)} s${where}) is ${samples[index]}, no number; repair the file, or cut this place out with start and end`;
    throw new DataError('data/nan', message);
  }
}
