import { deriveKey, uniform, type RandomKey } from '@unroll/core';
import type { AugmentationConfig } from '../config.js';

export interface SpecAugmentOptions {
  readonly config: AugmentationConfig['specAugment'];
  /** of this recording in this epoch */
  readonly key: RandomKey;
  /** `[feature]`, what masked numbers become; that of the recording itself unless given. 0 of normalised features */
  readonly mean?: Float32Array | undefined;
}

/**
 * Masks bands of features and runs of frames, with the chance of the configuration: a band is f features wide, f uniform in 0 … frequencyWidth,
 * a run t frames long, t uniform in 0 … min(timeWidth, timeShare · frames). The same key gives the same masks.
 *
 * @param features - `[frame, feature]`
 * @returns the features themselves where nothing was drawn, else new ones
 *
 * @see Park et al. 2019, "SpecAugment", section 2, without time warping
 */
export function specAugment(
  features: Float32Array,
  frames: number,
  { config, key, mean }: SpecAugmentOptions,
): Float32Array {
  const size = frames > 0 ? features.length / frames : 0;
  if (size === 0 || uniform(deriveKey(key, 'chance'), 1)[0]! >= config.chance) return features;
  const output = features.slice();
  const value = mean ?? columnMeans(features, size);
  for (let mask = 0; mask < config.frequencyMasks; mask++) {
    const [start, end] = drawRun(deriveKey(key, 'frequency', mask), size, config.frequencyWidth);
    for (let row = 0; row < output.length; row += size) output.set(value.subarray(start, end), row + start);
  }
  const longest = Math.min(config.timeWidth, Math.floor(config.timeShare * frames));
  for (let mask = 0; mask < config.timeMasks; mask++) {
    const [start, end] = drawRun(deriveKey(key, 'time', mask), frames, longest);
    for (let frame = start; frame < end; frame++) output.set(value, frame * size);
  }
  return output;
}

/** A run of 0 … `longest` of `count` places, anywhere among them. */
function drawRun(key: RandomKey, count: number, longest: number): readonly [number, number] {
  const [width, place] = uniform(key, 2);
  const length = Math.floor(width! * (Math.min(longest, count) + 1));
  const start = Math.floor(place! * (count - length + 1));
  return [start, start + length];
}

function columnMeans(features: Float32Array, size: number): Float32Array {
  const sums = new Float64Array(size);
  for (let row = 0; row < features.length; row += size) {
    for (let i = 0; i < size; i++) sums[i]! += features[row + i]!;
  }
  return Float32Array.from(sums, (sum) => (sum * size) / features.length);
}
