import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectClose } from './expect-close.js';

const compare =
  (a: number[], b: number[], tolerance = { rtol: 1e-5, atol: 1e-6 }) =>
  () =>
    expectClose({ shape: [a.length], values: a }, { shape: [b.length], values: b }, tolerance);

describe('expectClose', () => {
  it('allows atol + rtol·|expected|, and no more', () => {
    expect(compare([100.001], [100])).not.toThrow();
    expect(compare([100.0011], [100])).toThrow(
      /element 0 of \[1\] is 100\.0011, expected 100: 1\.1.* times the tolerance/,
    );
    expect(compare([1e-6], [0])).not.toThrow();
    expect(compare([1.1e-6], [0])).toThrow('element 0');
    expect(compare([5e-4], [1e-4])).toThrow('element 0');
  });

  it('names the worst element', () => {
    expect(compare([1, 2.1, 5], [1, 2, 3])).toThrow('element 2');
  });

  it.each([
    [NaN, NaN],
    [NaN, 1],
    [Infinity, Infinity],
    [Infinity, -Infinity],
    [1, NaN],
  ])('never takes %d for %d', (a, b) => {
    expect(compare([a], [b])).toThrow(`element 0 is ${a}, expected ${b}`);
  });

  it('compares the shape first', () => {
    tf.tidy(() => {
      expect(() => expectClose(tf.zeros([2, 3]), tf.zeros([3, 2]), { rtol: 0, atol: 1, name: 'state' })).toThrow(
        'state: shape [2, 3] of 6 values, expected [3, 2] of 6',
      );
    });
  });
});
