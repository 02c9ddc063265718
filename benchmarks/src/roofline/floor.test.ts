import { expect, test } from 'vitest';
import { floorOf } from './floor.js';
import type { Ceilings } from './result.js';

const ceilings: Ceilings = {
  products: { float32: 200, bfloat16: 800 },
  memory: 20,
  cache: 100,
  cacheBytes: 32e6,
};

test('the slower of products and bytes is the floor', () => {
  const work = { operations: 4e9, bytes: 1e8, calls: 1 };
  expect(floorOf(work, ceilings, 'float32')).toEqual({ ms: 20, bound: 'products' });
  expect(floorOf({ ...work, operations: 1e8 }, ceilings, 'float32')).toEqual({ ms: 3.72, bound: 'memory' });
  expect(floorOf(work, ceilings, 'bfloat16')).toEqual({ ms: 5, bound: 'products' });
});

test('what one call moves is from cache as far as it fits, and from memory where the cache is not known', () => {
  const work = { operations: 0, bytes: 6e7, calls: 2 };
  expect(floorOf(work, ceilings, 'float32')).toEqual({ ms: 0.6, bound: 'cache' });
  expect(floorOf({ ...work, calls: 1 }, ceilings, 'float32')).toEqual({ ms: 1.72, bound: 'memory' });
  expect(floorOf(work, { ...ceilings, cacheBytes: null }, 'float32')).toEqual({ ms: 3, bound: 'memory' });
});
