import { deriveKey, normal, randomKey, uniform } from '@unroll/core';
import { augmentWaveform, parseAudioRecognitionConfig, specAugment } from '@unroll/audio-recognition';
import { expectClose } from '@unroll/core/testing';
import { describe, expect, it } from 'vitest';
import { addNoise, energy, recordedNoise } from '../src/augmentation/noise.js';
import { addReverb, convolve, impulseResponse } from '../src/augmentation/reverb.js';
import { changeSpeed } from '../src/augmentation/speed.js';
import { amplify, shiftSamples } from '../src/augmentation/waveform.js';

const sampleRate = 16_000;
const key = randomKey(3);

/** Two tones that fall in level, and a silent end. */
const sound = Float32Array.from({ length: sampleRate }, (_, n) => {
  const t = n / sampleRate;
  return t > 0.9
    ? 0
    : Math.exp(-2 * t) * (0.5 * Math.sin(2 * Math.PI * 440 * t) + 0.3 * Math.sin(2 * Math.PI * 1870 * t));
});

type Augmentation = NonNullable<Parameters<typeof parseAudioRecognitionConfig>[0]['augmentation']>;
const configOf = (augmentation: Augmentation) => parseAudioRecognitionConfig({ augmentation }).augmentation;
const decibels = (ratio: number) => 10 * Math.log10(ratio);

describe('noise', () => {
  it.each([-3, 5, 20])('lies %i decibels below the signal, white or recorded', (asked) => {
    const recordings = [normal(deriveKey(key, 'a'), 3000), uniform(deriveKey(key, 'b'), 70_000)];
    for (const options of [{}, { recordings }]) {
      const noisy = addNoise(sound, { decibels: asked, key, ...options });
      const noise = noisy.map((value, i) => value - sound[i]!);
      expect(decibels(energy(sound) / energy(noise))).toBeCloseTo(asked, 2);
    }
  });

  it('is white: as loud in the lower half of the frequencies as in the upper, and not the same for another key', () => {
    const silent = new Float32Array(sampleRate);
    silent[0] = 1;
    const noise = addNoise(silent, { decibels: 0, key }).map((value, i) => value - silent[i]!);
    const smooth = noise.map((value, i) => (value + (noise[i + 1] ?? 0)) / 2);
    expect(energy(smooth) / energy(noise)).toBeCloseTo(0.5, 1);
    expect(addNoise(sound, { decibels: 0, key: deriveKey(key, 1) })).not.toEqual(addNoise(sound, { decibels: 0, key }));
  });

  it('is a piece of a recording, repeated where that is too short', () => {
    const recording = Float32Array.from({ length: 7 }, (_, i) => i + 1);
    const piece = recordedNoise(20, [recording], key);
    for (const [i, value] of piece.slice(1).entries()) expect(value).toBe((piece[i]! % 7) + 1);
  });

  it('leaves a signal as it is where it or the noise is silent', () => {
    const silence = new Float32Array(50);
    expect(addNoise(silence, { decibels: 10, key })).toEqual(silence);
    expect(addNoise(sound, { decibels: 10, key, recordings: [silence] })).toEqual(sound);
  });
});

describe('speed', () => {
  it.each([0.9, 1, 1.1, 1.5])('by %f is the sound at other times, and lasts as much less', (factor) => {
    const tone = (n: number) => Math.sin((2 * Math.PI * 300 * n) / sampleRate);
    const faster = changeSpeed(
      Float32Array.from({ length: 4000 }, (_, n) => tone(n)),
      factor,
    );
    expect(faster).toHaveLength(Math.round(4000 / factor));
    const inner = faster.subarray(30, -30);
    const expected = inner.map((_, i) => tone((i + 30) * factor));
    expectClose(
      { shape: [inner.length], values: inner },
      { shape: [inner.length], values: expected },
      { rtol: 0, atol: 2e-3 },
    );
  });

  it('takes away what would be above half the sample rate', () => {
    const high = Float32Array.from({ length: 4000 }, (_, n) => Math.sin(2 * Math.PI * 0.47 * n));
    expect(decibels((1.5 * energy(changeSpeed(high, 1.5))) / energy(high))).toBeLessThan(-40);
  });
});

describe('shift and gain', () => {
  it('moves samples either way and keeps the length', () => {
    const samples = Float32Array.from([1, 2, 3, 4]);
    expect([...shiftSamples(samples, 1)]).toEqual([0, 1, 2, 3]);
    expect([...shiftSamples(samples, -3)]).toEqual([4, 0, 0, 0]);
    for (const offset of [4, -4, 100, -100]) expect([...shiftSamples(samples, offset)]).toEqual([0, 0, 0, 0]);
  });

  it('multiplies the energy as the decibels say', () => {
    expect(decibels(energy(amplify(sound, -4.5)) / energy(sound))).toBeCloseTo(-4.5, 3);
  });
});

describe('reverberation', () => {
  it('falls by 60 decibels in T60', () => {
    const responses = Array.from({ length: 40 }, (_, i) =>
      impulseResponse({ seconds: 0.4, sampleRate, key: deriveKey(key, i) }),
    );
    const tail = (from: number, to: number) =>
      responses.reduce((sum, response) => sum + energy(response.subarray(from * sampleRate, to * sampleRate)), 0);
    expect(decibels(tail(0.01, 0.09) / tail(0.09, 0.17))).toBeCloseTo(12, 0);
    expect(decibels(tail(0.01, 0.09) / tail(0.25, 0.33))).toBeCloseTo(36, 0);
    const response = responses[0]!;
    expect(response).toHaveLength(6400);
    expect(response[0]).toBe(1);
    expect(energy(response)).toBeCloseTo(2, 4);
  });

  it('keeps length and level, and rings on where the sound has ended', () => {
    const wet = addReverb(sound, { seconds: 0.3, sampleRate, key });
    expect(wet).toHaveLength(sound.length);
    expect(energy(wet) / energy(sound)).toBeCloseTo(1, 5);
    expect(energy(wet.subarray(0.9 * sampleRate))).toBeGreaterThan(1e-5 * energy(wet));
  });

  it('convolves by Fourier as the sum does', () => {
    const [x, h] = [normal(deriveKey(key, 'x'), 37), normal(deriveKey(key, 'h'), 11)];
    const expected = x.map((_, n) => h.reduce((sum, value, k) => sum + (n >= k ? value * x[n - k]! : 0), 0));
    expectClose({ shape: [37], values: convolve(x, h) }, { shape: [37], values: expected }, { rtol: 1e-5, atol: 1e-5 });
  });
});

describe('augmentWaveform', () => {
  const all = configOf({
    speed: { chance: 0.5 },
    shift: { chance: 0.5 },
    gain: { chance: 0.5 },
    reverb: { chance: 0.5 },
    noise: { chance: 0.5 },
  });

  it('gives the same samples for the same key, others for another, and leaves the recording alone', () => {
    const clip = sound.slice(0, 2000);
    const original = clip.slice();
    const options = { config: all, sampleRate };
    const lengths = new Set<number>();
    for (let i = 0; i < 12; i++) {
      const own = deriveKey(key, i);
      const first = augmentWaveform(clip, { ...options, key: own });
      expect(augmentWaveform(clip, { ...options, key: own })).toEqual(first);
      expect(first.every(Number.isFinite)).toBe(true);
      lengths.add(first.length);
    }
    expect(lengths.size).toBeGreaterThan(2);
    expect(clip).toEqual(original);
  });

  it('changes as many recordings as the chance says, each within its range', () => {
    const config = configOf({ gain: { chance: 0.3, decibels: [-8, -2] } });
    const gains = Array.from({ length: 400 }, (_, i) => {
      const output = augmentWaveform(sound.subarray(0, 100), { config, sampleRate, key: deriveKey(key, i) });
      return decibels(energy(output) / energy(sound.subarray(0, 100)));
    });
    const changed = gains.filter((gain) => gain < -0.5);
    expect(changed.length / gains.length).toBeCloseTo(0.3, 1);
    expect(Math.min(...changed)).toBeGreaterThan(-8.001);
    expect(Math.max(...changed)).toBeLessThan(-1.999);
    expect(Math.max(...changed) - Math.min(...changed)).toBeGreaterThan(5);
  });

  it('is the recording itself where nothing is asked for, and takes one without samples', () => {
    expect(augmentWaveform(sound, { config: configOf({}), sampleRate, key })).toBe(sound);
    const empty = new Float32Array(0);
    expect(augmentWaveform(empty, { config: all, sampleRate, key })).toHaveLength(0);
  });
});

describe('specAugment', () => {
  const [frames, size] = [50, 12];
  const features = Float32Array.from({ length: frames * size }, (_, i) => 1 + Math.sin(i * 1.7));
  const config = configOf({ specAugment: { chance: 1, frequencyWidth: 4, timeWidth: 9, timeShare: 0.1 } }).specAugment;
  const mean = new Float32Array(size).fill(-7);
  const isMasked = (output: Float32Array, frame: number, feature: number) => output[frame * size + feature] === -7;

  it('masks bands and runs of at most their widths, of every width, and nothing else', () => {
    const [bands, runs] = [new Set<number>(), new Set<number>()];
    for (let i = 0; i < 80; i++) {
      const output = specAugment(features, frames, {
        config: { ...config, frequencyMasks: 1, timeMasks: 1 },
        key: deriveKey(key, i),
        mean,
      });
      const rows = Array.from({ length: frames }, (_, t) => t).filter((t) =>
        mean.every((_, f) => isMasked(output, t, f)),
      );
      const columns = Array.from(mean.keys()).filter((f) =>
        Array.from({ length: frames }).every((_, t) => isMasked(output, t, f)),
      );
      // What is masked lies side by side.
      for (const places of [rows, columns])
        expect(places.at(-1) ?? 0).toBe((places[0] ?? 0) + Math.max(0, places.length - 1));
      const expected = features.map((value, place) =>
        rows.includes(Math.floor(place / size)) || columns.includes(place % size) ? -7 : value,
      );
      expect(output).toEqual(expected);
      bands.add(columns.length);
      runs.add(rows.length);
    }
    expect([...bands].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    // A tenth of 50 frames is less than the widest run.
    expect([...runs].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('gives the same masks for the same key, takes the means of the recording unless given, and leaves the features alone', () => {
    const original = features.slice();
    const output = specAugment(features, frames, { config, key });
    expect(specAugment(features, frames, { config, key })).toEqual(output);
    expect(features).toEqual(original);
    const changed = [...output.entries()].filter(([i, value]) => value !== features[i]);
    expect(changed.length).toBeGreaterThan(0);
    for (const [place, value] of changed) {
      const column = features.filter((_, i) => i % size === place % size);
      expect(value).toBeCloseTo(column.reduce((sum, each) => sum + each, 0) / frames, 5);
    }
  });

  it('masks none without a chance, and takes recordings that are shorter than a mask', () => {
    expect(specAugment(features, frames, { config: { ...config, chance: 0 }, key })).toBe(features);
    expect(specAugment(new Float32Array(0), 0, { config, key })).toHaveLength(0);
    const wide = { ...config, frequencyWidth: 100, timeWidth: 100, timeShare: 1 };
    for (let i = 0; i < 20; i++) {
      expect(specAugment(features.subarray(0, size), 1, { config: wide, key: deriveKey(key, i), mean })).toHaveLength(
        size,
      );
    }
  });
});
