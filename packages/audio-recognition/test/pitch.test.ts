import { describe, expect, it } from 'vitest';
import { featureConfigSchema } from '../src/config.js';
import { createFeatures } from '../src/features/extractor.js';
import { createPitchStage, createPitchTracker } from '../src/features/pitch.js';
import { longestLag, shortestLag } from '../src/features/pitch-correlation.js';
import { PitchPath } from '../src/features/pitch-path.js';
import { createFramePlan } from '../src/features/spectral-plan.js';
import type { FeatureStream } from '../src/types.js';

const hop = 0.01;

/** A voice of eight harmonics whose pitch goes from one frequency to another, in hertz, within a second. */
function voice(rate: number, from: number, to: number): Float32Array {
  let angle = 0;
  return Float32Array.from({ length: rate }, (_, i) => {
    angle += (2 * Math.PI * (from + ((to - from) * i) / rate)) / rate;
    let sum = 0;
    for (let k = 1; k <= 8; k++) sum += Math.sin(k * angle + k) / k;
    return 0.2 * sum;
  });
}

/** Without sound of its own, the same each time. */
function noise(count: number): Float32Array {
  let state = 7;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.3;
  });
}

function inPieces(stream: FeatureStream, samples: Float32Array, length: number): Float32Array {
  const rows: number[] = [];
  for (let i = 0; i < samples.length; i += length) rows.push(...stream.push(samples.slice(i, i + length)));
  return Float32Array.from([...rows, ...stream.end()]);
}

function track(samples: Float32Array, rate: number): { hertz: number[]; voicing: number[] } {
  const plan = createFramePlan(featureConfigSchema.parse({ mels: 20 }), rate);
  const rows = inPieces(createPitchTracker(plan, rate), samples, samples.length);
  expect(rows.length).toBe(2 * plan.frames(samples.length));
  return { hertz: [...rows].filter((_, i) => i % 2 === 0), voicing: [...rows].filter((_, i) => i % 2 === 1) };
}

describe('pitch', () => {
  it.each([
    [8000, 100, 100],
    [16_000, 61, 61],
    [16_000, 380, 380],
    [8000, 90, 240],
    [22_050, 300, 120],
  ])('at %i Hz follows a voice from %i to %i Hz within 2 percent', (rate, from, to) => {
    const { hertz, voicing } = track(voice(rate, from, to), rate);
    const wrong = hertz.filter((value, t) => {
      // The compared stretches lie within 45 ms around the middle of a frame; at the ends a part of them is silent.
      if (t < 4 || t > hertz.length - 5) return false;
      const expected = from + (to - from) * (t * hop + 0.0125);
      return Math.abs(value / expected - 1) > 0.02;
    });
    expect(wrong).toEqual([]);
    expect(Math.min(...voicing.slice(4, -4))).toBeGreaterThan(0.85);
  });

  it('a single frame whose best period is another one does not break the path', () => {
    const path = new PitchPath();
    const chosen = [];
    for (let t = 0; t < 45; t++) {
      const correlations = new Float64Array(longestLag - shortestLag + 3);
      correlations[40 - shortestLag + 1] = 0.8;
      if (t === 20) correlations[12 - shortestLag + 1] = 0.83;
      const decided = path.push(correlations);
      if (decided) chosen.push(decided);
    }
    expect(chosen).toHaveLength(25);
    expect([...chosen, ...path.end()].map(({ lag }) => lag)).toEqual(Array.from({ length: 45 }, () => 40));
  });

  it('is told from its mean over 75 frames before and 30 after, weighted by voicing', () => {
    const samples = voice(8000, 90, 240).map((sample, i) => (i % 3000 < 700 ? 0 : sample));
    const { hertz, voicing } = track(samples, 8000);
    const plan = createFramePlan(featureConfigSchema.parse({ mels: 20 }), 8000);
    const rows = inPieces(createPitchStage(plan, 8000), samples, samples.length);
    hertz.forEach((value, t) => {
      const [from, to] = [Math.max(0, t - 75), t + 31];
      const weights = voicing.slice(from, to).map((correlation) => Math.max(0, correlation) ** 2 + 1e-4);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const mean = weights.reduce((sum, weight, i) => sum + weight * Math.log(hertz[from + i]!), 0) / total;
      expect(rows[2 * t], `frame ${t}`).toBeCloseTo(Math.log(value) - mean, 4);
      expect(rows[2 * t + 1]).toBe(voicing[t]);
    });
  });

  it('finds no voice in noise and none in silence', () => {
    const ofNoise = track(noise(16_000), 16_000).voicing;
    expect(ofNoise.reduce((sum, value) => sum + value, 0) / ofNoise.length).toBeLessThan(0.5);
    const hiss = noise(16_000).map((sample) => sample * 1e-4);
    expect(Math.max(...track(hiss, 16_000).voicing)).toBeLessThan(0.05);
  });

  it('is two more columns, normalised: the same of a voice an octave higher', () => {
    const config = featureConfigSchema.parse({ mels: 20, pitch: true });
    const extractor = createFeatures(config, 16_000);
    const [low, high] = [voice(16_000, 90, 140), voice(16_000, 180, 280)].map((samples) => extractor.extract(samples));
    expect(extractor.size).toBe(22);
    for (let t = 8; t < 90; t++) {
      const at = t * 22 + 20;
      expect(Math.abs(low![at]! - high![at]!)).toBeLessThan(0.02);
    }
    expect(low![80 * 22 + 20]! - low![20 * 22 + 20]!).toBeGreaterThan(0.1);
  });

  it('and deltas of it from pieces are the bits of the whole', () => {
    for (const convention of ['kaldi', 'librosa'] as const) {
      const config = featureConfigSchema.parse({ convention, mels: 20, pitch: true, deltas: 1, splice: { right: 1 } });
      const extractor = createFeatures(config, 8000);
      const samples = voice(8000, 100, 200).slice(0, 6111);
      const whole = extractor.extract(samples);
      expect(whole.length).toBe(extractor.frames(samples.length) * extractor.size);
      for (const length of [160, 37]) expect(inPieces(extractor.stream(), samples, length)).toEqual(whole);
    }
  });
});
