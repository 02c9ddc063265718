import * as tf from '@tensorflow/tfjs-core';
import { forAll } from '@unroll/core/testing';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { booleans, expectParity, fixedShapes, irregular, wholeNumbers } from './support.js';

afterAll(() => tf.setBackend('native'));

const exact = { rtol: 0, atol: 0 };
const shapes = fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fixedShapes([257, 300], [3, 130, 170], [40_000, 2]) },
);
const seeds = fc.nat({ max: 1000 });
const types = fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const);

function tensorOf(dtype: 'float32' | 'int32' | 'bool', shape: number[], seed: number): tf.Tensor {
  if (dtype === 'float32') return irregular(shape, seed);
  return dtype === 'int32' ? wholeNumbers(shape, seed, 1000) : booleans(shape, seed);
}

const cases = fc.record({ shape: shapes, seed: seeds, dtype: types });

describe('kernels that move numbers', { timeout: 60_000 }, () => {
  it('Transpose by any permutation', () => {
    forAll(
      cases,
      ({ shape, seed, dtype }) => {
        const order = shape.map((_, axis) => ({ axis, key: Math.sin(seed * 3.7 + axis * 12.9) }));
        const permutation = order.sort((a, b) => a.key - b.key).map(({ axis }) => axis);
        // tfjs answers the identity itself.
        if (permutation.every((axis, i) => axis === i)) return;
        expectParity('Transpose', () => tf.transpose(tensorOf(dtype, shape, seed), permutation), exact);
      },
      40,
    );
  });

  it('Slice of any part', () => {
    forAll(
      cases,
      ({ shape, seed, dtype }) => {
        const begin = shape.map((size, axis) => (seed + axis * 5) % size);
        const size = shape.map((n, axis) => 1 + ((seed + axis) % (n - begin[axis]!)));
        expectParity('Slice', () => tf.slice(tensorOf(dtype, shape, seed), begin, size), exact);
      },
      40,
    );
  });

  it('SplitV along any axis', () => {
    forAll(
      cases,
      ({ shape, seed, dtype }) => {
        const axis = seed % shape.length;
        const first = seed % (shape[axis]! + 1);
        const widths = [first, shape[axis]! - first];
        expectParity('SplitV', () => tf.split(tensorOf(dtype, shape, seed), widths, axis), exact);
      },
      40,
    );
  });

  it('Unpack and Pack along any axis', () => {
    forAll(
      cases,
      ({ shape, seed, dtype }) => {
        const axis = seed % shape.length;
        if (shape[axis]! > 50 || shape[axis]! < 2) return;
        expectParity('Unpack', () => tf.unstack(tensorOf(dtype, shape, seed), axis), exact);
        const parts = () => [0, 1, 2].map((i) => tensorOf(dtype, shape, seed + i));
        expectParity('Pack', () => tf.stack(parts(), seed % (shape.length + 1)), exact);
      },
      40,
    );
  });

  it('Concat of tensors of several widths', () => {
    forAll(
      cases,
      ({ shape, seed, dtype }) => {
        const axis = seed % shape.length;
        const parts = () =>
          [1, 4, 2].map((n, i) =>
            tensorOf(
              dtype,
              shape.map((s, d) => (d === axis ? n : s)),
              seed + i,
            ),
          );
        expectParity('Concat', () => tf.concat(parts(), axis), exact);
      },
      40,
    );
  });

  it('PadV2 with any number', () => {
    forAll(
      cases,
      ({ shape, seed, dtype }) => {
        const paddings = shape.map((_, axis) => [(seed + axis) % 3, (seed + 2 * axis) % 4] as [number, number]);
        expectParity('PadV2', () => tf.pad(tensorOf(dtype, shape, seed), paddings, seed % 2), exact);
      },
      40,
    );
  });

  it('Tile along all axes', () => {
    forAll(
      cases,
      ({ shape, seed, dtype }) => {
        const repetitions = shape.map((_, axis) => 1 + ((seed + axis) % 3));
        expectParity('Tile', () => tf.tile(tensorOf(dtype, shape, seed), repetitions), exact);
      },
      40,
    );
  });

  it('Reverse along any axes', () => {
    forAll(
      cases,
      ({ shape, seed, dtype }) => {
        const axes = shape.map((_, axis) => axis).filter((axis) => (seed >> axis) & 1);
        if (axes.length === 0) return;
        expectParity('Reverse', () => tf.reverse(tensorOf(dtype, shape, seed), axes), exact);
      },
      40,
    );
  });
});

describe('kernels that look numbers up', { timeout: 60_000 }, () => {
  it('GatherV2 along any axis', () => {
    forAll(
      cases,
      ({ shape, seed, dtype }) => {
        const axis = seed % shape.length;
        const indices = () => wholeNumbers([2, 1 + (seed % 5)], seed, shape[axis]!) as tf.Tensor2D;
        expectParity('GatherV2', () => tf.gather(tensorOf(dtype, shape, seed), indices(), axis), exact);
      },
      40,
    );
  });

  it('GatherV2 with batches', () => {
    forAll(
      fc.record({ batch: fc.integer({ min: 1, max: 4 }), size: fc.integer({ min: 1, max: 6 }), seed: seeds }),
      (c) => {
        const indices = () => wholeNumbers([c.batch, 3], c.seed, c.size) as tf.Tensor2D;
        expectParity('GatherV2', () => tf.gather(irregular([c.batch, 2, c.size, 3], c.seed), indices(), 2, 1), exact);
      },
      30,
    );
  });

  it('refuses an index outside of the axis', () => {
    const x = tf.zeros([3, 2]);
    expect(() => tf.gather(x, tf.tensor1d([0, 3], 'int32'))).toThrow('the index value 3 is not in [0, 2]');
    expect(() => tf.gather(x, tf.tensor1d([-1], 'int32'))).toThrow('the index value -1 is not in [0, 2]');
  });

  it('UnsortedSegmentSum adds the rows of each segment and leaves out what is none', () => {
    forAll(
      fc.record({ rows: fc.integer({ min: 1, max: 300 }), width: fc.integer({ min: 1, max: 70 }), seed: seeds }),
      (c) => {
        const segments = () => tf.sub<tf.Tensor1D>(wholeNumbers([c.rows], c.seed, 12), tf.scalar(1, 'int32'));
        expectParity('UnsortedSegmentSum', () =>
          tf.unsortedSegmentSum(irregular([c.rows, c.width], c.seed, 0.3), segments(), 9),
        );
      },
      30,
    );
  });

  it('OneHot leaves out what is outside', () => {
    forAll(
      fc.record({ count: fc.integer({ min: 1, max: 300 }), depth: fc.integer({ min: 2, max: 300 }), seed: seeds }),
      (c) => {
        const indices = () => tf.sub(wholeNumbers([c.count], c.seed, c.depth + 2), tf.scalar(1, 'int32'));
        expectParity('OneHot', () => tf.oneHot(indices(), c.depth, 0.7, -0.2, 'float32'), exact);
      },
      30,
    );
  });
});

describe('kernels that make and convert numbers', { timeout: 60_000 }, () => {
  const conversions = [
    ['float32', 'int32'],
    ['int32', 'float32'],
    ['bool', 'float32'],
    ['float32', 'bool'],
    ['bool', 'int32'],
    ['int32', 'bool'],
    ['float32', 'float32'],
  ] as const;
  it.each(conversions)('Cast %s to %s', (from, to) => {
    forAll(
      fc.tuple(shapes, seeds),
      ([shape, seed]) => {
        expectParity('Cast', () => tf.cast(tensorOf(from, shape, seed), to), exact);
      },
      30,
    );
  });

  it('casts numbers beyond int32 as JavaScript does', () => {
    const values = [2147483648, -2147483649, 1e10, -1e10, 4294967297.5, NaN, Infinity, -Infinity, 1.9, -1.9];
    expectParity('Cast', () => tf.cast(tf.tensor1d(values), 'int32'), exact);
  });

  it('a float32 tensor made of another type holds a Float32Array', () => {
    expect(tf.cast(tf.tensor1d([1, 2], 'int32'), 'float32').dataSync()).toBeInstanceOf(Float32Array);
  });

  it('Fill, ZerosLike and OnesLike', () => {
    forAll(
      shapes,
      (shape) => {
        expectParity('Fill', () => tf.fill(shape, 2.5), exact);
        expectParity('ZerosLike', () => tf.zerosLike(irregular(shape, 1)), exact);
        expectParity('OnesLike', () => tf.onesLike(irregular(shape, 1)), exact);
      },
      10,
    );
  });
});
