import { deriveKey, uniform, type RandomKey } from '@unroll/core';

/** Normal numbers of variance 1, both of each pair of Box and Muller 1958. */
export function whiteNoise(length: number, key: RandomKey): Float32Array {
  const values = uniform(key, length + (length % 2));
  for (let i = 0; i < values.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - values[i]!));
    const angle = 2 * Math.PI * values[i + 1]!;
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  return values.subarray(0, length);
}

/** A piece of one of the recordings, from anywhere in it; a short one is repeated. */
export function recordedNoise(length: number, recordings: readonly Float32Array[], key: RandomKey): Float32Array {
  const [which, where] = uniform(key, 2);
  const recording = recordings[Math.floor(which! * recordings.length)]!;
  const start = Math.floor(where! * recording.length);
  const piece = new Float32Array(length);
  for (let done = 0, from = start; done < length; from = 0) {
    const part = recording.subarray(from, from + length - done);
    piece.set(part, done);
    done += part.length;
  }
  return piece;
}

export interface NoiseOptions {
  /** ratio of the powers of signal and noise */
  readonly decibels: number;
  readonly key: RandomKey;
  /** at the signal's rate; white noise unless one of them has samples */
  readonly recordings?: readonly Float32Array[] | undefined;
}

/** Signal plus noise at a signal-to-noise ratio; a silent signal or noise changes nothing. */
export function addNoise(samples: Float32Array, { decibels, key, recordings = [] }: NoiseOptions): Float32Array {
  const usable = recordings.filter(({ length }) => length > 0);
  const noise =
    usable.length > 0
      ? recordedNoise(samples.length, usable, deriveKey(key, 'piece'))
      : whiteNoise(samples.length, deriveKey(key, 'white'));
  const power = energy(noise);
  const factor = power > 0 ? Math.sqrt(energy(samples) / power) * 10 ** (-decibels / 20) : 0;
  for (let i = 0; i < noise.length; i++) noise[i] = samples[i]! + factor * noise[i]!;
  return noise;
}

/** Σ xᵢ² */
export function energy(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return sum;
}
