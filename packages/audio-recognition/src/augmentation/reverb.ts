import { fourierTable, fourierTransform, type RandomKey } from '@unroll/core';
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

/**
 * The first `samples.length` numbers of the convolution, by one Fourier transform of both, z = x + i·h, and one back:
 *
 *   X_k·H_k = (z_k² − conj(z_{N−k})²) / 4i
 */
export function convolve(samples: Float32Array, response: Float32Array): Float32Array {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, samples.length + response.length - 1)));
  const table = fourierTable(size);
  const both = new Float64Array(2 * size);
  samples.forEach((value, i) => (both[2 * i] = value));
  response.forEach((value, i) => (both[2 * i + 1] = value));
  const z = fourierTransform(both, table);
  // Conjugated, so that the transform is the inverse one.
  const product = new Float64Array(2 * size);
  for (let k = 0; k < size; k++) {
    const mirrored = 2 * ((size - k) % size);
    const [a, b, c, d] = [z[2 * k]!, z[2 * k + 1]!, z[mirrored]!, -z[mirrored + 1]!];
    product[2 * k] = (a * b - c * d) / 2;
    product[2 * k + 1] = (a * a - b * b - c * c + d * d) / 4;
  }
  const sums = fourierTransform(product, table);
  return Float32Array.from(samples, (_, i) => sums[2 * i]! / size);
}
