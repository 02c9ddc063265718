import { expect, test } from 'vitest';
import { randomKey, uniform } from '../tensors/random.js';
import { approximateRandomization, bootstrapInterval, pairedBootstrap } from './significance.js';

/** Right answers of two systems: one row an item, `[right, 1]`. */
const answers = (right: string) => Array.from(right, (one) => [Number(one), 1]);
const accuracy = ([right = 0, all = 1]: ArrayLike<number> & Iterable<number>) => right / all;
const score = (sums: ArrayLike<number>) => accuracy(Array.from(sums));

test('randomisation finds the exact p of all ways of changing sides', () => {
  const [a, b] = [answers('1111110101'), answers('0001110100')];
  // four items differ, each time to the good of a: of 16 ways two are as far apart
  const p = approximateRandomization(a, b, { score, key: randomKey(1), trials: 8000 });
  expect(p).toBeGreaterThan(0.11);
  expect(p).toBeLessThan(0.14);
});

test('systems that never differ are equal by both tests', () => {
  const a = answers('110100');
  const options = { score, key: randomKey(2), trials: 200 };
  expect(approximateRandomization(a, a, options)).toBe(1);
  expect(pairedBootstrap(a, a, options).pValue).toBe(1);
});

test('the bootstrap has the mean and the spread of a proportion', () => {
  const rows = Array.from(uniform(randomKey(3), 400), (draw) => [draw < 0.3 ? 1 : 0, 1]);
  const share = rows.reduce((sum, [right]) => sum + right!, 0) / rows.length;
  const { mean, margin } = bootstrapInterval(rows, { score, key: randomKey(4), trials: 2000 });
  expect(Math.abs(mean - share)).toBeLessThan(0.003);
  expect(margin / (1.96 * Math.sqrt((share * (1 - share)) / 400))).toBeCloseTo(1, 1);
});

test('the bootstrap draws the same items for both, and sees a difference that is everywhere', () => {
  const worse = Array.from(uniform(randomKey(5), 200), (draw) => [draw, 1]);
  const better = worse.map(([value]) => [value! + 0.05, 1]);
  const { pValue, a, b } = pairedBootstrap(better, worse, { score, key: randomKey(6), trials: 500 });
  expect(pValue).toBeCloseTo(1 / 501, 10);
  expect(a.mean - b.mean).toBeCloseTo(0.05, 6);
  expect(a.margin).toBeCloseTo(b.margin, 6);
});

test('items of one system alone cannot be compared', () => {
  expect(() => approximateRandomization(answers('11'), answers('1'), { score, key: randomKey(7), trials: 10 })).toThrow(
    'unroll: a comparison needs the same items of both, at least one; got 2 and 1',
  );
});
