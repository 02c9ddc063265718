import { expect, test } from 'vitest';
import { fitCost } from './fit.js';

const cost = (sizes: readonly number[], y: (x: number) => number) => sizes.map((x) => ({ x, y: y(x) }));

test('a proportional cost has exponent 1 and no fixed part', () => {
  const fit = fitCost(
    cost([8, 16, 64, 128], (x) => 3 * x),
    1,
  );
  expect(fit.exponent).toBeCloseTo(1, 10);
  expect(fit.factor).toBeCloseTo(3, 10);
  expect(fit.fixed).toBeCloseTo(0, 10);
  expect(fit.deviation).toBeLessThan(1e-12);
});

test('a fixed cost lowers the exponent, and is no deviation', () => {
  const fit = fitCost(
    cost([1, 2, 4, 8], (x) => 5 + x * x),
    2,
  );
  expect(fit.exponent).toBeLessThan(1.4);
  expect(fit.fixed).toBeCloseTo(5, 8);
  expect(fit.factor).toBeCloseTo(1, 8);
  expect(fit.deviation).toBeLessThan(1e-9);
});

test('a cost that grows faster than it should has a larger exponent, and deviates', () => {
  const fit = fitCost(
    cost([1, 2, 4, 8], (x) => x ** 1.5),
    1,
  );
  expect(fit.exponent).toBeCloseTo(1.5, 10);
  expect(fit.deviation).toBeGreaterThan(0.05);
});
