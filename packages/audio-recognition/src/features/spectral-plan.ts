import { ConfigError, fourierTable, type SpectralPlan } from '@unroll/core';
import type { FeatureConfig } from '../config.js';
import { melFilters, type Filters } from './mel-filters.js';
import { windowValues } from './windows.js';

/** Where frames lie and what is computed of each. */
export interface FramePlan extends SpectralPlan {
  /** first sample of frame 0; below 0 where frames are centred */
  readonly offset: number;
  /** frames of so many samples */
  frames(samples: number): number;
}

/** Full scale is 32768 for Kaldi, whose samples are 16-bit numbers. */
const kaldiScale = 32_768;
/** FLT_EPSILON, the floor under Kaldi's logarithms. */
const kaldiFloor = 2 ** -23;
/** `amin` of librosa.power_to_db */
const librosaFloor = 1e-10;

/**
 * The constants of a configuration at a sample rate, by its convention.
 *
 * |             | librosa                                        | kaldi                                                         |
 * | ----------- | ---------------------------------------------- | ------------------------------------------------------------- |
 * | frames      | 1 + ⌊samples / hop⌋, centred, zeros around      | 1 + ⌊(samples − window) / hop⌋, whole ones alone (snip-edges)  |
 * | samples     | −1 … 1                                         | × 32768; mean of a frame removed, pre-emphasis 0.97           |
 * | window      | hann, periodic                                 | povey, symmetric                                              |
 * | mel scale   | Slaney's, triangles in hertz of area 1         | HTK's, triangles in mel of height 1                           |
 * | logarithm   | 10 · log₁₀ max(1e−10, power): decibels          | ln max(2⁻²³, power)                                           |
 * | energy      | mean square of the frame, in decibels          | ln of the sum of squares before pre-emphasis and window       |
 *
 * Energy is one more column, the first; of kaldi's mfcc it takes the place of coefficient 0, and its log-spectrogram always has it in the
 * place of bin 0.
 *
 * So librosa's log-mel is `power_to_db(melspectrogram(…), ref=1.0, top_db=None)`, and its mfcc the cosine transform of that: `top_db` = 80, which
 * librosa.feature.mfcc takes unless it is given decibels, looks at a whole recording and does not stream. kaldi is compute-fbank-feats,
 * compute-mfcc-feats and compute-spectrogram-feats with `--dither=0`.
 *
 * @throws {ConfigError} `config/features` for what does not fit the sample rate
 */
export function createFramePlan(config: FeatureConfig, sampleRate: number): FramePlan {
  const kaldi = config.convention === 'kaldi';
  const windowLength = toSamples(config, 'windowSeconds', sampleRate);
  const hopLength = toSamples(config, 'hopSeconds', sampleRate);
  const fftSize = chooseFftSize(config, windowLength, sampleRate);
  const offset = kaldi ? 0 : Math.floor((fftSize - windowLength) / 2) - fftSize / 2;
  const name = config.window === 'auto' ? (kaldi ? 'povey' : 'hann') : config.window;
  const filters = createFilters(config, { sampleRate, fftSize });
  const hasEnergy = config.energy || (kaldi && config.kind === 'log-spectrogram');
  return {
    offset,
    frames: (samples) => {
      if (kaldi) return samples < windowLength ? 0 : 1 + Math.floor((samples - windowLength) / hopLength);
      return samples === 0 ? 0 : 1 + Math.floor(samples / hopLength);
    },
    hopLength,
    fftSize,
    table: fourierTable(fftSize),
    window: windowValues(name, windowLength, { periodic: !kaldi }),
    scale: kaldi ? kaldiScale : 1,
    removeMean: kaldi,
    preEmphasis: kaldi ? 0.97 : 0,
    filterRanges: filters.ranges,
    filterWeights: filters.weights,
    floor: kaldi ? kaldiFloor : librosaFloor,
    factor: kaldi ? 1 : 10 / Math.LN10,
    energyScale: hasEnergy ? (kaldi ? 1 : 1 / windowLength) : 0,
  };
}

function toSamples(config: FeatureConfig, key: 'windowSeconds' | 'hopSeconds', sampleRate: number): number {
  const exact = config[key] * sampleRate;
  // Kaldi cuts the fraction off; 1e-6 because 0.025 s is no binary number.
  const samples = config.convention === 'kaldi' ? Math.floor(exact + 1e-6) : Math.round(exact);
  const [fewest, most] = key === 'windowSeconds' ? [2, 65_536] : [1, 65_536];
  if (samples >= fewest && samples <= most) return samples;
  throw new ConfigError(
    'config/features',
    `features.${key} = ${config[key]} is ${samples} samples at ${sampleRate} Hz; it must be from ${fewest} to ${most} samples`,
  );
}

function chooseFftSize({ fftSize }: FeatureConfig, windowLength: number, sampleRate: number): number {
  const power = 2 ** Math.max(1, Math.ceil(Math.log2(windowLength)));
  if (fftSize === 0) return power;
  let rest = fftSize;
  for (const prime of [2, 3, 5, 7, 11, 13]) while (rest % prime === 0) rest /= prime;
  if (fftSize >= windowLength && fftSize % 2 === 0 && rest === 1) return fftSize;
  throw new ConfigError(
    'config/features',
    `features.fftSize = ${fftSize} must be even, a product of primes up to 13, and at least the window's ${windowLength} samples at ${sampleRate} Hz, for example ${power}`,
  );
}

function createFilters(
  config: FeatureConfig,
  { sampleRate, fftSize }: { sampleRate: number; fftSize: number },
): Filters {
  const { kind, convention, mels, lowHertz } = config;
  if (kind === 'log-spectrogram') {
    // Kaldi's bin 0 is the energy.
    const first = convention === 'kaldi' ? 1 : 0;
    const count = fftSize / 2 + 1 - first;
    const ranges = Int32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? first + i / 2 : 1));
    return { ranges, weights: new Float64Array(count).fill(1) };
  }
  const half = sampleRate / 2;
  const highHertz = config.highHertz > 0 ? config.highHertz : half + config.highHertz;
  if (highHertz > half || highHertz <= lowHertz) {
    throw new ConfigError(
      'config/features',
      `features.highHertz = ${config.highHertz} is ${highHertz} Hz at ${sampleRate} Hz; it must be above features.lowHertz = ${lowHertz} ` +
        `and at most half the sample rate, ${half} (0 means that)`,
    );
  }
  return melFilters({ convention, filters: mels, sampleRate, fftSize, lowHertz, highHertz });
}
