import { describe, expect, it } from 'vitest';
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  orthogonal,
  perBlock,
  uniform,
  zeros,
  type Initializer,
} from './initializers.js';
import { deriveKey, randomKey } from './random.js';

const key = randomKey(3);
const shape = [300, 100];

function variance(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value * value, 0) / values.length;
}

describe('initializers', () => {
  it.each<{ name: string; initializer: Initializer; variance: number; bound: number }>([
    { name: 'uniform(0.1)', initializer: uniform(0.1), variance: 0.01 / 3, bound: 0.1 },
    { name: 'glorotUniform', initializer: glorotUniform, variance: 2 / 400, bound: Math.sqrt(6 / 400) },
    { name: 'glorotNormal', initializer: glorotNormal, variance: 2 / 400, bound: Infinity },
    { name: 'heNormal', initializer: heNormal, variance: 2 / 300, bound: Infinity },
    { name: 'heUniform', initializer: heUniform, variance: 2 / 300, bound: Math.sqrt(6 / 300) },
  ])('$name has its variance, mean 0 and bound', ({ initializer, variance: expected, bound }) => {
    const values = initializer(key, shape);
    expect(values.length).toBe(30_000);
    expect(variance(values) / expected).toBeCloseTo(1, 1);
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length)).toBeLessThan(
      Math.sqrt(expected) / 40,
    );
    const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
    expect(largest).toBeGreaterThan(Math.sqrt(expected) * 1.7);
  });

  it('is a function of key and shape alone', () => {
    expect(glorotUniform(key, shape)).toEqual(glorotUniform(key, shape));
    expect(glorotUniform(deriveKey(key, 'other'), shape)).not.toEqual(glorotUniform(key, shape));
  });

  it.each([
    [40, 40],
    [17, 5],
    [5, 17],
    [1, 1],
  ])('orthogonal [%d, %d] has an orthonormal shorter side', (rows, columns) => {
    const values = orthogonal(key, [rows, columns]);
    const count = Math.min(rows, columns);
    const vector = (v: number, i: number) => (rows <= columns ? values[v * columns + i]! : values[i * columns + v]!);
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let i = 0; i < Math.max(rows, columns); i++) product += vector(a, i) * vector(b, i);
        expect(product).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    }
  });

  it('fills blocks one by one, each with numbers of its own', () => {
    const values = perBlock([constant(2), orthogonal, orthogonal])(key, [3, 9]);
    const block = (b: number) =>
      [0, 1, 2].map((row) => Array.from(values.subarray(row * 9 + 3 * b, row * 9 + 3 * b + 3)));
    expect(block(0)).toEqual([
      [2, 2, 2],
      [2, 2, 2],
      [2, 2, 2],
    ]);
    for (const rows of [block(1), block(2)]) {
      for (const row of rows) expect(row.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
      expect(rows[0]!.reduce((sum, value, i) => sum + value * rows[1]![i]!, 0)).toBeCloseTo(0, 5);
    }
    expect(block(1)).not.toEqual(block(2));
    expect([...perBlock([zeros, constant(1), zeros, zeros])(key, [8])]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  });
});
