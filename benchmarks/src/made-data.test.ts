import { expect, test } from 'vitest';
import { madeLabels, madeLogits, madeSound } from './made-data.js';
import type { CtcShape } from './models.js';

const shape: CtcShape = { task: 'ctc', timeSteps: 40, batchSize: 7, symbols: 5, shortest: 3, longest: 6 };

test('a made sound is quiet enough for 16 bits, hardly ever has a value twice, and comes again after a minute', () => {
  const sound = madeSound(960_000 * 2 + 12_345);
  const beginning = sound.subarray(0, 30_000);
  expect(beginning.every((value) => Math.abs(value) < 0.31)).toBe(true);
  expect(new Set(beginning).size).toBeGreaterThan(29_500);
  expect(sound.subarray(960_000, 960_100)).toEqual(sound.subarray(0, 100));
  expect(sound.subarray(1_920_000)).toEqual(sound.subarray(0, 12_345));
  expect(madeSound(321)).toEqual(sound.slice(0, 321));
});

test('labels have each length in turn, never the blank, and every symbol is said', () => {
  const labels = madeLabels(shape);
  expect(labels.map(({ length }) => length)).toEqual([3, 4, 5, 6, 3, 4, 5]);
  expect([...new Set(labels.flatMap((row) => [...row]))].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  expect(labels[0]).not.toEqual(labels[4]);
});

test('logits spread over their range', () => {
  const logits = madeLogits(shape);
  expect(logits).toHaveLength(40 * 7 * 5);
  const mean = logits.reduce((sum, value) => sum + value, 0) / logits.length;
  const deviation = Math.sqrt(logits.reduce((sum, value) => sum + value ** 2, 0) / logits.length);
  expect(Math.abs(mean)).toBeLessThan(0.2);
  expect(deviation).toBeCloseTo(6 / Math.sqrt(12), 0);
  expect(Math.max(...logits)).toBeLessThan(3);
});
