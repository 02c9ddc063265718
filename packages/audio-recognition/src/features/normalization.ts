import { ConfigError } from '@unroll/core';
import type { FeatureConfig } from '../config.js';
import type { FeatureStream } from '../types.js';

/** Of each feature. */
export interface FeatureStatistics {
  readonly mean: Float32Array;
  /** standard deviation, over all frames; at least 0.001 */
  readonly deviation: Float32Array;
}

type NormalizationConfig = Pick<FeatureConfig, 'normalization' | 'variance'>;

/** Frames that the running normalisation looks back on, its own included. */
export const runningFrames = 300;
/** Of a feature that is always the same only rounding would be left to divide by. */
const leastDeviation = 1e-3;

/** Mean and deviation in float64 of frames that come a piece at a time. */
export function createStatistics(size: number): { add(features: Float32Array): void; result(): FeatureStatistics } {
  const moments = new Moments(size);
  return {
    add: (features) => {
      for (let at = 0; at < features.length; at += size) moments.move(features, at, 1);
    },
    result: () => ({
      mean: Float32Array.from({ length: size }, (_, i) => moments.mean(i)),
      deviation: Float32Array.from({ length: size }, (_, i) => moments.deviation(i)),
    }),
  };
}

/** `createStatistics` of all of `recordings`, each `[frame, feature]`: of the training split for global normalisation, of a speaker's for speaker. */
export function fitNormalization(recordings: Iterable<Float32Array>, size: number): FeatureStatistics {
  const statistics = createStatistics(size);
  for (const features of recordings) statistics.add(features);
  return statistics.result();
}

/**
 * (x − mean) / deviation of each feature, or x − mean without `variance`.
 *
 * utterance: over this recording. running: over the last 300 frames, its own included; so the first frame becomes 0, and a stream gives the same.
 * global, speaker: of `statistics`.
 *
 * @param features - `[frame, feature]`; left as it is
 * @throws {ConfigError} `config/normalization` where statistics are needed and missing
 */
export function normalize(
  features: Float32Array,
  config: NormalizationConfig,
  { size, statistics }: { readonly size: number; readonly statistics?: FeatureStatistics | undefined },
): Float32Array {
  switch (config.normalization) {
    case 'none':
      return features;
    case 'utterance':
      return standardize(features, fitNormalization([features], size), config);
    case 'running':
      return createRunningStage(config, size).push(features);
    case 'speaker':
    case 'global':
      return standardize(features, requireStatistics(statistics, config, size), config);
  }
}

/**
 * The same for frames that come a piece at a time: none, running and global.
 *
 * @throws {ConfigError} `config/streaming` for utterance and speaker, which need all frames first
 */
export function createNormalizationStage(
  config: NormalizationConfig,
  { size, statistics }: { readonly size: number; readonly statistics?: FeatureStatistics | undefined },
): FeatureStream {
  const nothing = new Float32Array(0);
  switch (config.normalization) {
    case 'none':
      return { push: (features) => features, end: () => nothing };
    case 'running':
      return createRunningStage(config, size);
    case 'global': {
      const fitted = requireStatistics(statistics, config, size);
      return { push: (features) => standardize(features, fitted, config), end: () => nothing };
    }
    case 'utterance':
    case 'speaker':
      throw new ConfigError(
        'config/streaming',
        `features.normalization = ${config.normalization} needs the whole recording; a model that is fed live is trained with running, global or none`,
      );
  }
}

function requireStatistics(
  statistics: FeatureStatistics | undefined,
  { normalization }: NormalizationConfig,
  size: number,
): FeatureStatistics {
  if (statistics?.mean.length === size && statistics.deviation.length === size) return statistics;
  throw new ConfigError(
    'config/normalization',
    `features.normalization = ${normalization} needs mean and deviation of ${size} features, got ${statistics === undefined ? 'none' : `those of ${statistics.mean.length}`}`,
  );
}

function standardize(
  features: Float32Array,
  { mean, deviation }: FeatureStatistics,
  { variance }: NormalizationConfig,
) {
  const size = mean.length;
  return features.map((value, i) => {
    const centered = value - mean[i % size]!;
    return variance ? centered / deviation[i % size]! : centered;
  });
}

function createRunningStage({ variance }: NormalizationConfig, size: number): FeatureStream {
  const moments = new Moments(size);
  const kept = new Float32Array(runningFrames * size);
  let count = 0;
  return {
    push(features) {
      const output = new Float32Array(features.length);
      for (let at = 0; at < features.length; at += size, count++) {
        const place = (count % runningFrames) * size;
        if (count >= runningFrames) moments.move(kept, place, -1);
        kept.set(features.subarray(at, at + size), place);
        moments.move(kept, place, 1);
        for (let i = 0; i < size; i++) {
          const centered = features[at + i]! - moments.mean(i);
          output[at + i] = variance ? centered / moments.deviation(i) : centered;
        }
      }
      return output;
    },
    end: () => new Float32Array(0),
  };
}

/** Sums over frames that come and go, as distances from the first one: so squares of large means take no digits away. */
class Moments {
  private count = 0;
  private readonly origin: Float64Array;
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;

  constructor(size: number) {
    this.origin = new Float64Array(size);
    this.sums = new Float64Array(size);
    this.squares = new Float64Array(size);
  }

  /** Takes the frame at `at` in (1) or out (−1). */
  move(frames: Float32Array, at: number, sign: 1 | -1): void {
    const { origin, sums, squares } = this;
    for (let i = 0; i < origin.length; i++) {
      if (this.count === 0) origin[i] = frames[at + i]!;
      const distance = frames[at + i]! - origin[i]!;
      sums[i]! += sign * distance;
      squares[i]! += sign * distance * distance;
    }
    this.count += sign;
  }

  mean(i: number): number {
    return this.origin[i]! + this.sums[i]! / Math.max(1, this.count);
  }

  deviation(i: number): number {
    const mean = this.sums[i]! / Math.max(1, this.count);
    const variance = this.squares[i]! / Math.max(1, this.count) - mean * mean;
    return Math.max(leastDeviation, Math.sqrt(Math.max(0, variance)));
  }
}
