import { describe, expect, it } from 'vitest';
import { deriveKey, normal, permutation, randomKey, threefry, uniform } from './random.js';

/** The known answers that Random123, the authors' own code, publishes for threefry2x32 with 20 rounds. */
const knownAnswers = [
  { counter: [0, 0], key: [0, 0], words: [0x6b200159, 0x99ba4efe] },
  { counter: [0xffffffff, 0xffffffff], key: [0xffffffff, 0xffffffff], words: [0x1cb996fc, 0xbb002be7] },
  { counter: [0x243f6a88, 0x85a308d3], key: [0x13198a2e, 0x03707344], words: [0xc4923a9c, 0x483df7a0] },
] as const;

describe('random', () => {
  it.each(knownAnswers)('gives the published words for counter $counter', ({ counter, key, words }) => {
    const out = new Uint32Array(2);
    threefry(key, counter, out);
    expect([...out]).toEqual([...words]);
  });

  it('is uniform: mean, variance and neighbours', () => {
    const values = uniform(randomKey(7), 100_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    let product = 0;
    for (let i = 1; i < values.length; i++) product += (values[i]! - mean) * (values[i - 1]! - mean);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    expect(Math.abs(product / values.length)).toBeLessThan(0.001);
    expect(Math.min(...values.subarray(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values.subarray(0, 1000))).toBeLessThan(1);
  });

  it('is normal: mean 0, variance 1, and 68.3 % within one deviation', () => {
    const values = normal(randomKey(1), 400_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    const within = values.filter((value) => Math.abs(value) < 1).length / values.length;
    expect(mean).toBeCloseTo(0, 2);
    expect(variance).toBeCloseTo(1, 2);
    expect(within).toBeCloseTo(0.683, 2);
  });

  it('gives other numbers to every path, and the same to the same path', () => {
    const root = randomKey(1);
    const paths = [
      deriveKey(root, 'a'),
      deriveKey(root, 'b'),
      deriveKey(root, 0),
      deriveKey(root, 1),
      deriveKey(root, 'a', 0),
    ];
    expect(new Set(paths.map(String)).size).toBe(paths.length);
    expect(deriveKey(root, 'a', 0)).toEqual(deriveKey(deriveKey(root, 'a'), 0));
    expect(randomKey(2 ** 32)).not.toEqual(randomKey(0));
  });

  it('permutes: every number once, and every place equally likely', () => {
    expect([...permutation(randomKey(5), 100)].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
    const firsts = Array.from({ length: 3000 }, (_, seed) => permutation(randomKey(seed), 3)[0]!);
    for (const value of [0, 1, 2])
      expect(firsts.filter((first) => first === value).length / 3000).toBeCloseTo(1 / 3, 1);
  });
});
