import type { RandomKey } from '@unroll/core';
import { energy, whiteNoise } from './noise.js';

export interface ReverbOptions {
  /** T60: after so many seconds the energy of an impulse has fallen by 60 decibels */
  readonly seconds: number;
  readonly sampleRate: number;
  readonly key: RandomKey;
}

/**
 * What a room makes of an impulse: the impulse itself, then noise whose amplitude falls as 10^(−3·t / T60) and whose energy is that of the
 * impulse.
 *
 * @returns ⌈T60 · sampleRate⌉ samples, at least 1
 */
export function impulseResponse({ seconds, sampleRate, key }: ReverbOptions): Float32Array {
  const response = whiteNoise(Math.max(1, Math.ceil(seconds * sampleRate)), key);
  response[0] = 0;
  for (let i = 1; i < response.length; i++) response[i]! *= 10 ** ((-3 * i) / (seconds * sampleRate));
  const scale = Math.sqrt(energy(response)) || 1;
  for (let i = 1; i < response.length; i++) response[i]! /= scale;
  response[0] = 1;
  return response;
}

/** Sound in a room: convolved with `impulseResponse`, as long and as loud as it was. */
export function addReverb(samples: Float32Array, options: ReverbOptions): Float32Array {
  const output = convolve(samples, impulseResponse(options));
  const factor = Math.sqrt(energy(samples) / (energy(output) || 1));
  for (let i = 0; i < output.length; i++) output[i]! *= factor;
  return output;
}

/** The first `samples.length` numbers of the convolution. */
export function convolve(samples: Float32Array, response: Float32Array): Float32Array {
  const output = new Float32Array(samples.length);
  for (let k = 0; k < response.length; k++) {
    const factor = response[k]!;
    for (let i = k; i < output.length; i++) output[i]! += factor * samples[i - k]!;
  }
  return output;
}
