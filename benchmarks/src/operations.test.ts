import { expect, test } from 'vitest';
import { lengthsOf } from './lengths.js';
import { models, type TaggerShape } from './models.js';
import { operationsPerStep, tokensPerStep } from './operations.js';

const tagger = models['bilstm-lengths'] as TaggerShape;

test('the products of a language model, by hand', () => {
  // 400 tokens; two layers of [200 + 200] × [800], and the output [200] × [10000]
  expect(operationsPerStep(models['ptb-small']!)).toBe(6 * 400 * (2 * 400 * 800 + 200 * 10_000));
});

test('a second direction doubles the work, the next layer reads both, and padding is not counted', () => {
  const tokens = tokensPerStep(tagger);
  expect(tokens).toBeGreaterThan(32 * 25);
  expect(tokens).toBeLessThan(32 * 35);
  const lstm = 2 * (256 + 256) * 1024 + 2 * (512 + 256) * 1024;
  expect(operationsPerStep(tagger)).toBe(6 * tokens * (lstm + 512 * 20));
  expect(operationsPerStep(models['gru-lengths']!)).toBe(6 * tokens * (2 * 512 * 768 + 256 * 20));
});

test('lengths are unsorted, within their bounds, the same each time, and each batch has a longest', () => {
  const batches = lengthsOf(tagger);
  expect(batches).toEqual(lengthsOf(tagger));
  for (const lengths of batches) {
    expect(lengths).toHaveLength(32);
    expect(Math.max(...lengths)).toBe(50);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(10);
    expect(lengths).not.toEqual(lengths.toSorted((a, b) => b - a));
  }
  expect(new Set(batches.flat()).size).toBeGreaterThan(30);
});
