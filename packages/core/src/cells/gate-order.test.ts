import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { forAll } from '../testing/arbitraries.js';
import { gateOrder, negateGate, reorderGates } from './gate-order.js';

const kernel = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18]);

describe('gate order', () => {
  it('is the one that kernels and docs are written for', () => {
    expect(gateOrder).toEqual({ elman: 'h', lstm: 'ifgo', gru: 'rzn' });
  });

  it('moves whole blocks, row by row', () => {
    const moved = reorderGates(kernel, 2, { from: 'ifgo', to: 'iogf' });
    expect([...moved]).toEqual([1, 2, 7, 8, 5, 6, 3, 4, 11, 12, 17, 18, 15, 16, 13, 14]);
  });

  it('there and back is the identity', () => {
    const orders = fc.constantFrom('ifgo', 'rzn').chain((letters) => {
      const shuffled = fc
        .shuffledSubarray(Array.from(letters), { minLength: letters.length })
        .map((order) => order.join(''));
      return fc.record({
        from: fc.constant(letters),
        to: shuffled,
        rows: fc.integer({ min: 1, max: 4 }),
        hidden: fc.integer({ min: 1, max: 5 }),
      });
    });
    forAll(orders, ({ from, to, rows, hidden }) => {
      const values = Float32Array.from({ length: rows * from.length * hidden }, (_, i) => i);
      const there = reorderGates(values, rows, { from, to });
      expect(reorderGates(there, rows, { from: to, to: from })).toEqual(values);
      expect(from === to).toBe(there.every((value, i) => value === values[i]));
    });
  });

  it('turns an update gate round: σ of the negated block is 1 − σ of the block', () => {
    const negated = negateGate(Float32Array.from([0.5, 1, -2, 3, 4, 5]), 1, { order: 'rzn', letter: 'z' });
    expect([...negated]).toEqual([0.5, 1, 2, -3, 4, 5]);
    const twoRows = negateGate(Float32Array.from([1, 2, 3, 4, 5, 6]), 2, { order: 'rzn', letter: 'z' });
    expect([...twoRows]).toEqual([1, -2, 3, 4, -5, 6]);
  });

  it('refuses other letters and blocks that do not fit', () => {
    expect(() => reorderGates(kernel, 2, { from: 'ifgo', to: 'ifgg' })).toThrow('same letters');
    expect(() => reorderGates(kernel, 3, { from: 'ifgo', to: 'igfo' })).toThrow(
      '16 numbers are not 3 rows of 4 equal blocks',
    );
  });
});
