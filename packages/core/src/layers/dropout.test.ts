import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { dropoutMask } from '../ops/dropout-mask.js';
import { DropoutMask } from '../ops/kernel-names.js';
import { pathCounts } from '../ops/path-counts.js';
import { expectClose } from '../testing/expect-close.js';
import { expectedPath } from '../testing/expected-path.js';
import { irregular } from '../testing/sequence-problem.js';
import { randomKey, uniform } from '../tensors/random.js';
import { dropout, lockedDropout } from './dropout.js';

const key = randomKey(42);
const exact = { rtol: 0, atol: 0 };

describe('dropoutMask', () => {
  it.each([0, 0.1, 0.5, 0.9])(
    'keeps a number where its uniform one is at least %d, the same bits on every engine',
    (rate) => {
      tf.tidy(() => {
        const before = pathCounts(DropoutMask);
        const mask = dropoutMask([7, 11, 13], { rate, key });
        const { fused, steps } = pathCounts(DropoutMask);
        const isFused = expectedPath(DropoutMask) === 'fused';
        expect([fused - before.fused, steps - before.steps]).toEqual(isFused ? [1, 0] : [0, 1]);
        const scale = Math.fround(1 / (1 - rate));
        const expected = uniform(key, 7 * 11 * 13).map((u) => (u >= rate ? scale : 0));
        expect(mask.dataSync()).toEqual(expected);
        expect(mask.shape).toEqual([7, 11, 13]);
        expect(expected.filter((value) => value === 0).length / expected.length).toBeCloseTo(rate, 1);
      });
    },
  );

  it.each([
    [8, 6],
    [7, 5],
    [1, 3],
  ])('gives a piece at %d of an endless mask its numbers', (offset, size) => {
    tf.tidy(() => {
      const whole = dropoutMask([offset + size], { rate: 0.4, key }).dataSync();
      const piece = dropoutMask([size], { rate: 0.4, key, offset }).dataSync();
      expect([...piece]).toEqual([...whole].slice(offset));
      expect([...uniform(key, size, offset)]).toEqual([...uniform(key, offset + size)].slice(offset));
    });
  });

  it.each([-0.1, 1, NaN])('refuses the rate %d', (rate) => {
    expect(() => dropoutMask([2], { rate, key })).toThrow(`a dropout rate must be 0 ≤ rate < 1, got ${rate}`);
  });
});

describe('dropout', () => {
  it('multiplies by the mask of its key, in the gradient too', () => {
    tf.tidy(() => {
      const input = irregular<tf.Rank.R3>([4, 3, 5], 1, 'input');
      const mask = dropoutMask([4, 3, 5], { rate: 0.4, key });
      expectClose(dropout(input, { rate: 0.4, key }), tf.mul(input, mask), exact);
      expectClose(tf.grad((x) => tf.sum(dropout(x, { rate: 0.4, key })))(input), mask, exact);
    });
  });

  it('does nothing without a key, as in evaluation, or at rate 0', () => {
    tf.tidy(() => {
      const input = irregular<tf.Rank.R3>([4, 3, 5], 1, 'input');
      for (const options of [{ rate: 0.4 }, { rate: 0, key }]) {
        for (const result of [dropout(input, options), lockedDropout(input, options)]) {
          expectClose(result, input, exact);
          result.dispose();
        }
      }
      expect(input.isDisposed).toBe(false);
    });
  });

  it('locked: drops the same numbers at every step, and others in every sequence', () => {
    tf.tidy(() => {
      const steps = tf.unstack(lockedDropout(tf.ones([6, 3, 40]), { rate: 0.5, key })) as tf.Tensor2D[];
      for (const step of steps) expectClose(step, steps[0]!, exact);
      const [first, second] = tf.unstack(steps[0]!);
      expect(first!.dataSync()).not.toEqual(second!.dataSync());
      expect(new Set(first!.dataSync())).toEqual(new Set([0, 2]));
    });
  });
});
