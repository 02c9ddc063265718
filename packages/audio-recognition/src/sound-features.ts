import { readSound } from './audio/read-sound.js';
import type { AudioRecognitionConfig } from './config.js';
import { createFeatures, type FeatureExtractor } from './features/extractor.js';
import { fitNormalization, normalize, type FeatureStatistics } from './features/normalization.js';
import type { RecognitionFacts, Recording } from './types.js';

/** Samples of a recording as a model hears it, and the frames of features they give, not normalised. */
export interface HeardSound {
  readonly samples: Float32Array;
  /** before a clip was cut or filled */
  readonly seconds: number;
  readonly frames: number;
  /** `[frame, feature]` */
  readonly features: Float32Array;
  readonly warnings: readonly string[];
}

/** Recordings to features, the same way in training and in use. */
export interface SoundReader {
  readonly extractor: FeatureExtractor;
  /** @throws {DataError} as `readSound` */
  read(recording: Recording): Promise<HeardSound>;
}

/**
 * What reads recordings for a model: one rate, one channel, trimmed and cut as `data` says; sound that is too short for a frame is filled with
 * zeros up to one, and a warning says so.
 *
 * @param sampleRate - in hertz, of the model
 * @throws {ConfigError} `config/features`
 */
export function createSoundReader(
  { data, features }: Pick<AudioRecognitionConfig, 'data' | 'features'>,
  sampleRate: number,
): SoundReader {
  const extractor = createFeatures(features, sampleRate);
  const { channel, trimDecibels, trimMarginSeconds, clipSeconds } = data;
  const clipLength = Math.round(clipSeconds * sampleRate);
  return {
    extractor,
    read: async (recording) => {
      const options = { sampleRate, channel, trimDecibels, trimMarginSeconds };
      const { sound, warnings } = await readSound(recording, options);
      const whole = clipLength > 0 ? middleOf(sound.samples, clipLength) : sound.samples;
      const isShort = whole.length < extractor.minimumSamples;
      const samples = isShort ? middleOf(whole, extractor.minimumSamples) : whole;
      const short = `too short: it has ${whole.length} samples at ${sampleRate} Hz, one frame needs ${extractor.minimumSamples}; it was filled with zeros`;
      return {
        samples,
        seconds: sound.samples.length / sampleRate,
        frames: extractor.frames(samples.length),
        features: extractor.extract(samples),
        warnings: isShort ? [...warnings, short] : warnings,
      };
    },
  };
}

/** The middle of what is longer, and what is shorter with zeros behind it. */
function middleOf(samples: Float32Array, length: number): Float32Array {
  if (samples.length === length) return samples;
  const start = Math.max(0, Math.floor((samples.length - length) / 2));
  const clip = new Float32Array(length);
  clip.set(samples.subarray(start, start + length));
  return clip;
}

/** Statistics that features of a recording are normalised by, where they are not its own. */
export function createSpeakerStatistics(
  sounds: Iterable<{ readonly speaker?: string | undefined; readonly features: Float32Array }>,
  size: number,
): ReadonlyMap<string, FeatureStatistics> {
  const bySpeaker = new Map<string, Float32Array[]>();
  for (const { speaker, features } of sounds) {
    if (speaker === undefined) continue;
    const others = bySpeaker.get(speaker);
    if (others) others.push(features);
    else bySpeaker.set(speaker, [features]);
  }
  return new Map([...bySpeaker].map(([speaker, all]) => [speaker, fitNormalization(all, size)]));
}

/**
 * Features as a model reads them.
 *
 * @param statistics - of the speaker, where `features.normalization` is speaker; those of the recording itself unless given
 */
export function normalized(
  features: Float32Array,
  { features: config }: Pick<AudioRecognitionConfig, 'features'>,
  { facts, statistics }: { readonly facts: Facts; readonly statistics?: FeatureStatistics | undefined },
): Float32Array {
  const { mean, deviation, featureSize: size } = facts;
  if (config.normalization !== 'speaker') {
    return normalize(features, config, { size, statistics: mean && deviation && { mean, deviation } });
  }
  return normalize(features, config, { size, statistics: statistics ?? fitNormalization([features], size) });
}

type Facts = Pick<RecognitionFacts, 'mean' | 'deviation' | 'featureSize'>;
