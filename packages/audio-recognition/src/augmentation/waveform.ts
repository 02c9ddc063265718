import { deriveKey, uniform, type RandomKey } from '@unroll/core';
import type { AugmentationConfig } from '../config.js';
import { addNoise } from './noise.js';
import { addReverb } from './reverb.js';
import { changeSpeed } from './speed.js';

/** Whether training hears the waveforms of its recordings changed, so that their features are computed anew in each epoch. */
export function augmentsWaveforms({ speed, shift, gain, reverb, noise }: AugmentationConfig): boolean {
  return [speed, shift, gain, reverb, noise].some(({ chance }) => chance > 0);
}

export interface AugmentWaveformOptions {
  readonly config: AugmentationConfig;
  /** in hertz */
  readonly sampleRate: number;
  /** of this recording in this epoch */
  readonly key: RandomKey;
  /** samples of noise recordings, at the same rate; white noise without */
  readonly noise?: readonly Float32Array[] | undefined;
}

/**
 * A recording as it might have sounded as well: each change with its own chance, in the order speed, shift, gain, reverberation, noise.
 * The same key gives the same samples.
 *
 * @returns the recording itself where nothing was drawn, else new samples; speed changes how many
 */
export function augmentWaveform(
  samples: Float32Array,
  { config, sampleRate, key, noise }: AugmentWaveformOptions,
): Float32Array {
  const { speed, shift, gain, reverb } = config;
  let output = samples;
  const change = (name: 'speed' | 'shift' | 'gain' | 'reverb' | 'noise', range: readonly number[], apply: Change) => {
    const [chance, place] = uniform(deriveKey(key, name), 2);
    const [low = 0, high = 0] = range;
    if (chance! >= config[name].chance || samples.length === 0) return;
    output = apply(low + place! * (high - low), deriveKey(key, name, 'noise'));
  };
  change('speed', speed.factors, (factor) => changeSpeed(output, factor));
  change('shift', shift.seconds, (seconds) => shiftSamples(output, Math.round(seconds * sampleRate)));
  change('gain', gain.decibels, (decibels) => amplify(output, decibels));
  change('reverb', reverb.seconds, (seconds, own) => addReverb(output, { seconds, sampleRate, key: own }));
  change('noise', config.noise.decibels, (decibels, own) =>
    addNoise(output, { decibels, key: own, recordings: noise }),
  );
  return output;
}

type Change = (value: number, key: RandomKey) => Float32Array;

/** Later by `offset` samples, or sooner if it is negative; as long as before, zeros where nothing is. */
export function shiftSamples(samples: Float32Array, offset: number): Float32Array {
  const output = new Float32Array(samples.length);
  if (offset < 0) output.set(samples.subarray(-offset));
  else if (offset < samples.length) output.set(samples.subarray(0, samples.length - offset), offset);
  return output;
}

export function amplify(samples: Float32Array, decibels: number): Float32Array {
  const factor = 10 ** (decibels / 20);
  return samples.map((value) => value * factor);
}
