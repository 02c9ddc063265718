import { readFileSync } from 'node:fs';
import { hasKernel, pathCounts, SpectralFeatures } from '@unroll/core';
import { describe, expect, it } from 'vitest';
import { featureConfigSchema, type FeatureConfig } from '../src/config.js';
import { createFeatures } from '../src/features/extractor.js';

interface Golden {
  readonly sampleRate: number;
  readonly sounds: Readonly<Record<string, readonly number[]>>;
  readonly cases: readonly {
    readonly sound: string;
    readonly features: unknown;
    readonly shape: readonly [number, number];
    readonly frames: Readonly<Record<string, readonly number[]>>;
  }[];
}

const golden = JSON.parse(readFileSync(new URL('golden/features.json', import.meta.url), 'utf8')) as Golden;

function soundOf(name: string): Float32Array {
  return Float32Array.from(golden.sounds[name]!, (value) => value / 32_768);
}

/** Cut at places that have nothing to do with frames. */
function streamed(config: FeatureConfig, samples: Float32Array, length: (piece: number) => number): Float32Array {
  const stream = createFeatures(config, golden.sampleRate).stream();
  const rows: number[] = [];
  for (let from = 0, piece = 0; from < samples.length; from += length(piece++)) {
    rows.push(...stream.push(samples.slice(from, from + length(piece))));
  }
  rows.push(...stream.end());
  return Float32Array.from(rows);
}

describe('features', () => {
  it.each(golden.cases.map((entry) => [entry.sound, JSON.stringify(entry.features), entry] as const))(
    'of %s equal those of the original: %s',
    (_sound, _features, { sound, features, shape, frames }) => {
      const extractor = createFeatures(featureConfigSchema.parse(features), golden.sampleRate);
      const samples = soundOf(sound);
      const values = extractor.extract(samples);
      expect([extractor.frames(samples.length), extractor.size]).toEqual(shape);
      expect(values.length).toBe(shape[0] * shape[1]);
      for (const [frame, expected] of Object.entries(frames)) {
        const got = values.subarray(Number(frame) * shape[1], (Number(frame) + 1) * shape[1]);
        const worst = Math.max(...expected.map((value, i) => Math.abs(value - got[i]!)));
        expect(worst, `frame ${frame}`).toBeLessThan(1e-4);
      }
    },
  );

  it('run on the kernel where the engine has it', () => {
    const path = hasKernel(SpectralFeatures) ? 'fused' : 'steps';
    const before = pathCounts(SpectralFeatures)[path];
    createFeatures(featureConfigSchema.parse({}), golden.sampleRate).extract(soundOf('voice'));
    expect(pathCounts(SpectralFeatures)[path]).toBeGreaterThan(before);
  });

  it('splicing lays neighbours beside each frame, the first and the last repeated, and keeps every third', () => {
    const samples = soundOf('voice');
    const [left, right, stride, size] = [2, 3, 3, 20];
    const single = createFeatures(featureConfigSchema.parse({ mels: size }), golden.sampleRate).extract(samples);
    const count = single.length / size;
    const config = featureConfigSchema.parse({ mels: size, splice: { left, right, stride } });
    const spliced = createFeatures(config, golden.sampleRate).extract(samples);
    const expected: number[] = [];
    for (let t = 0; t < count; t += stride) {
      for (let s = t - left; s <= t + right; s++) {
        const from = Math.min(count - 1, Math.max(0, s)) * size;
        expected.push(...single.subarray(from, from + size));
      }
    }
    expect([...spliced]).toEqual(expected);
  });

  const configs: readonly unknown[] = [
    { convention: 'librosa', deltas: 2, deltaWindow: 3, mels: 23, splice: { left: 2, right: 3, stride: 2 } },
    { convention: 'kaldi', deltas: 2, mels: 23, energy: true, splice: { left: 3, right: 1, stride: 3 } },
    { convention: 'kaldi', kind: 'mfcc', mels: 23, hopSeconds: 0.04 },
    { convention: 'librosa', kind: 'log-spectrogram', hopSeconds: 0.003 },
  ];
  it.each(configs)('from pieces are the bits of the whole: %j', (input) => {
    const config = featureConfigSchema.parse(input);
    for (const name of ['voice', 'short']) {
      const samples = soundOf(name);
      const whole = createFeatures(config, golden.sampleRate).extract(samples);
      expect(whole.length).toBeGreaterThan(0);
      for (const length of [() => 160, () => 1, (piece: number) => 1 + ((piece * 97) % 700)]) {
        expect(streamed(config, samples, length)).toEqual(whole);
      }
    }
  });
});
