import { expect, test } from 'vitest';
import { mean, summarise } from './statistics.js';

test('a summary interpolates its quartiles and does not depend on order', () => {
  const summary = summarise([40, 10, 30, 20]);
  expect(summary).toEqual({ count: 4, minimum: 10, median: 25, maximum: 40, spread: 15 / 25 });
});

test('one measurement is its own median', () => {
  expect(summarise([3])).toEqual({ count: 1, minimum: 3, median: 3, maximum: 3, spread: 0 });
});

test('nothing, and what is not a number, is no measurement', () => {
  expect(() => summarise([])).toThrow(RangeError);
  expect(() => summarise([1, Number.NaN])).toThrow('got [1, NaN]');
});

test('the mean weighs every value alike', () => {
  expect(mean([1, 2, 6])).toBe(3);
});
