import { describe, expect, it } from 'vitest';
import { concatenate, createResampler, resample } from './resample.js';

const rates = [
  [44_100, 16_000],
  [48_000, 16_000],
  [16_000, 8000],
  [8000, 16_000],
  [11_025, 16_000],
  // No ratio of small numbers: outputs between phases.
  [44_101, 16_000],
  [192_000, 8001],
] as const;

function wave(frequency: number, rate: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / rate));
}

/** Of a sine of amplitude 1 after resampling, in decibels; its ends, where the sound begins and stops, are left out. */
function level(frequency: number, from: number, to: number): number {
  const out = resample(wave(frequency, from, Math.round(from / 4)), from, to);
  const inner = out.subarray(Math.round(0.2 * out.length), Math.round(0.8 * out.length));
  return 10 * Math.log10((2 * inner.reduce((sum, value) => sum + value * value, 0)) / inner.length);
}

describe.each(rates)('from %i to %i Hz', (from, to) => {
  const lower = Math.min(from, to);

  it('keeps the level up to 0.4 of the lower rate within 0.1 dB', () => {
    for (const share of [0.05, 0.2, 0.3, 0.37, 0.4]) expect(Math.abs(level(share * lower, from, to))).toBeLessThan(0.1);
  });

  it('keeps places: a slow wave stands where it stood', () => {
    const out = resample(wave(0.03 * lower, from, Math.round(from / 10)), from, to);
    expect(out.length).toBe(Math.ceil((Math.round(from / 10) * to) / from));
    for (let i = 100; i < out.length - 100; i++) {
      expect(Math.abs(out[i]! - Math.sin((2 * Math.PI * 0.03 * lower * i) / to))).toBeLessThan(2e-4);
    }
  });

  it('gives the same bits in pieces of any length', () => {
    const samples = Float32Array.from({ length: 3001 }, (_, i) => Math.sin(0.3 * i + 0.001 * i * (i % 13)));
    const whole = resample(samples, from, to);
    for (const size of [1, 160, 1444]) {
      const resampler = createResampler(from, to);
      const parts: Float32Array[] = [];
      for (let i = 0; i < samples.length; i += size) parts.push(resampler.push(samples.subarray(i, i + size)));
      expect(concatenate([...parts, resampler.end()])).toEqual(whole);
    }
  });
});

it.each(rates.filter(([from, to]) => from > to))('damps by 70 dB from %i Hz what %i Hz cannot hold', (from, to) => {
  for (const share of [0.502, 0.51, 0.55, 0.7, 0.93]) expect(level(share * to, from, to)).toBeLessThan(-70);
});

describe('createResampler', () => {
  it('gives samples back at the same rate', () => {
    const samples = wave(3, 100, 50);
    expect(resample(samples, 8000, 8000)).toEqual(samples);
  });

  it('gives nothing for nothing, and one for one', () => {
    expect(resample(new Float32Array(0), 44_100, 16_000)).toHaveLength(0);
    expect(resample(new Float32Array(1), 44_100, 16_000)).toHaveLength(1);
  });

  it('waits no longer than half of its window', () => {
    const resampler = createResampler(48_000, 16_000);
    expect(resampler.push(new Float32Array(4800)).length).toBeGreaterThanOrEqual((4800 - 2 * 72) / 3);
  });
});
