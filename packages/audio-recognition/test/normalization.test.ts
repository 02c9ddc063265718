import { describe, expect, it } from 'vitest';
import { featureConfigSchema, type FeatureConfig } from '../src/config.js';
import { createFeatures } from '../src/features/extractor.js';
import { createFeatureStream } from '../src/features/feature-stream.js';
import { createStatistics, fitNormalization, normalize, runningFrames } from '../src/features/normalization.js';

/** Distinct, irregular, far from 0. */
function frames(count: number, size: number): Float32Array {
  return Float32Array.from(
    { length: count * size },
    (_, i) => 50 * (i % size) + 3 * Math.sin(1.7 * i) + Math.cos(i * i),
  );
}

/** By the definitions, over frames first … last of one feature. */
function moments(values: Float32Array, size: number, [feature, first, last]: readonly [number, number, number]) {
  const column = [...values].filter((_, i) => i % size === feature).slice(first, last + 1);
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
  return { mean, deviation: Math.max(1e-3, Math.sqrt(variance)) };
}

const size = 3;
const how = (normalization: FeatureConfig['normalization'], variance = true) => ({ normalization, variance });

describe('normalisation', () => {
  it('utterance: each feature has mean 0 and variance 1', () => {
    const values = frames(200, size);
    const normal = normalize(values, how('utterance'), { size });
    for (let i = 0; i < size; i++) {
      const { mean, deviation } = moments(normal, size, [i, 0, 199]);
      expect(Math.abs(mean)).toBeLessThan(1e-5);
      expect(deviation).toBeCloseTo(1, 5);
    }
    expect(normalize(values, how('none'), { size })).toEqual(values);
  });

  it('global: mean and deviation over all recordings, as of one', () => {
    const values = frames(101, size);
    const parts = [values.subarray(0, 10 * size), values.subarray(10 * size, 11 * size), values.subarray(11 * size)];
    const statistics = fitNormalization(parts, size);
    for (let i = 0; i < size; i++) {
      const { mean, deviation } = moments(values, size, [i, 0, 100]);
      expect(statistics.mean[i]).toBeCloseTo(mean, 4);
      expect(statistics.deviation[i]).toBeCloseTo(deviation, 5);
    }
    const centered = normalize(values, how('global', false), { size, statistics });
    expect(centered[7]).toBeCloseTo(values[7]! - statistics.mean[1]!, 5);
  });

  it('keeps its digits where the mean is large, and a feature that never changes at 0', () => {
    const statistics = createStatistics(2);
    for (let i = 0; i < 1000; i++) statistics.add(Float32Array.of(100_000 + (i % 2), 7));
    expect(statistics.result().deviation[0]).toBeCloseTo(0.5, 6);
    expect(statistics.result().deviation[1]).toBeCloseTo(1e-3, 9);
    expect([
      ...normalize(Float32Array.of(100_001, 7), how('global'), { size: 2, statistics: statistics.result() }),
    ]).toEqual([1, 0]);
  });

  it('running: over the last 300 frames, its own included', () => {
    const values = frames(750, size);
    const normal = normalize(values, how('running'), { size });
    for (const t of [0, 1, 2, 150, 299, 300, 301, 749]) {
      for (let i = 0; i < size; i++) {
        const { mean, deviation } = moments(values, size, [i, Math.max(0, t + 1 - runningFrames), t]);
        expect(normal[t * size + i], `frame ${t}`).toBeCloseTo((values[t * size + i]! - mean) / deviation, 3);
      }
    }
    expect([...normal.subarray(0, size)]).toEqual([0, 0, 0]);
  });

  it.each(['running', 'global', 'none'] as const)(
    '%s: a stream in pieces gives the bits of the whole',
    (normalization) => {
      const features = featureConfigSchema.parse({ mels: 20, deltas: 1, normalization, hopSeconds: 0.002 });
      const extractor = createFeatures(features, 8000);
      const samples = Float32Array.from({ length: 6011 }, (_, i) => 0.3 * Math.sin(0.1 * i + 0.00001 * i * i));
      const raw = extractor.extract(samples);
      const { mean, deviation } = fitNormalization([raw], extractor.size);
      const whole = normalize(raw, features, { size: extractor.size, statistics: { mean, deviation } });
      const stream = createFeatureStream({ features, facts: { sampleRate: 8000, mean, deviation } });
      const rows: number[] = [];
      for (let i = 0; i < samples.length; i += 160) rows.push(...stream.push(samples.slice(i, i + 160)));
      rows.push(...stream.end());
      expect(Float32Array.from(rows)).toEqual(whole);
    },
  );

  it.each(['utterance', 'speaker'] as const)('%s does not stream, and says what does', (normalization) => {
    const features = featureConfigSchema.parse({ mels: 20, normalization });
    expect(() => createFeatureStream({ features, facts: { sampleRate: 8000 } })).toThrow(
      expect.objectContaining({
        code: 'config/streaming',
        message: expect.stringMatching(/running, global or none/) as string,
      }),
    );
  });

  it('global without statistics, or with those of other features, is refused', () => {
    const values = frames(4, size);
    expect(() => normalize(values, how('global'), { size })).toThrow(/mean and deviation of 3 features, got none/);
    const statistics = fitNormalization([frames(4, 2)], 2);
    expect(() => normalize(values, how('global'), { size, statistics })).toThrow(/got those of 2/);
  });
});

describe('features that cannot be', () => {
  const create = (input: unknown, rate = 8000) => createFeatures(featureConfigSchema.parse(input), rate);

  it.each([
    [
      'more mels than frequencies between them',
      { mels: 100 },
      /of features.mels = 100 filters of kaldi .* at most \d+ mels fit/,
    ],
    [
      'a band above half the sample rate',
      { highHertz: 5000 },
      /features.highHertz = 5000 is 5000 Hz at 8000 Hz.*half the sample rate, 4000/,
    ],
    ['an empty band', { highHertz: -3990 }, /must be above features.lowHertz = 20/],
    [
      'a transform shorter than the window',
      { fftSize: 128 },
      /at least the window's 200 samples at 8000 Hz, for example 256/,
    ],
    ['an odd transform', { fftSize: 255 }, /must be even/],
    ['a transform of a large prime', { fftSize: 262 }, /product of primes up to 13/],
    ['a window of one sample', { windowSeconds: 0.0002 }, /features.windowSeconds = 0.0002 is 1 samples at 8000 Hz/],
    ['no hop', { hopSeconds: 0.00001 }, /features.hopSeconds = 0.00001 is 0 samples/],
  ])('%s', (_what, input, message) => {
    expect(() => create({ mels: 20, ...input })).toThrow(
      expect.objectContaining({ code: 'config/features', message: expect.stringMatching(message) as string }),
    );
  });

  it('as many mels as the error says do fit', () => {
    let most = 0;
    try {
      create({ mels: 100 });
    } catch (error) {
      most = Number(/at most (\d+) mels/.exec((error as Error).message)![1]);
    }
    expect(create({ mels: most }).size).toBe(most);
    expect(() => create({ mels: most + 1 })).toThrow(/lie between/);
  });

  it('a sample that is no number is named, across pieces', () => {
    const samples = new Float32Array(700);
    samples[612] = NaN;
    const extractor = create({ mels: 20 });
    expect(() => extractor.extract(samples)).toThrow(expect.objectContaining({ code: 'data/samples' }));
    const stream = extractor.stream();
    stream.push(samples.subarray(0, 600));
    expect(() => stream.push(samples.subarray(600))).toThrow(/sample 613 is NaN/);
  });

  it('sound shorter than a frame has none, of kaldi; of librosa one', () => {
    const kaldi = create({ mels: 20 });
    expect(kaldi.minimumSamples).toBe(200);
    for (const [samples, count] of [
      [0, 0],
      [199, 0],
      [200, 1],
      [279, 1],
      [280, 2],
    ] as const) {
      expect(kaldi.frames(samples)).toBe(count);
      expect(kaldi.extract(new Float32Array(samples)).length).toBe(count * 20);
    }
    const librosa = create({ mels: 20, convention: 'librosa', deltas: 2 });
    for (const [samples, count] of [
      [0, 0],
      [1, 1],
      [79, 1],
      [80, 2],
    ] as const) {
      expect(librosa.frames(samples)).toBe(count);
      expect(librosa.extract(new Float32Array(samples)).length).toBe(count * 60);
    }
  });

  it('frames know how far they look ahead', () => {
    const config = { mels: 20, deltas: 2, splice: { right: 3, stride: 2 } };
    expect(create(config).latencySeconds).toBeCloseTo(0.0125 + 0.07, 9);
    expect(create(config).frameSeconds).toBeCloseTo(0.02, 9);
    expect(create({ ...config, convention: 'librosa' }).latencySeconds).toBeCloseTo(0.0125 + 0.05, 9);
  });
});
