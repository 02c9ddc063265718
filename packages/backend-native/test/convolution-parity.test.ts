import * as tf from '@tensorflow/tfjs-core';
import { configureNative, kernelRuns, resetKernelRuns } from '@unroll/backend-native';
import { forAll } from '@unroll/core/testing';
import * as fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { computeOn, expectParity, irregular } from './support.js';

afterAll(() => tf.setBackend('native'));
afterEach(() => configureNative({}));

type Four = [number, number, number, number];
type Image = tf.Tensor4D;

const axis = fc.record({
  size: fc.integer({ min: 1, max: 17 }),
  taps: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
});
const convolutions = fc
  .record({
    rows: axis,
    columns: axis,
    batch: fc.integer({ min: 1, max: 3 }),
    channels: fc.constantFrom(1, 2, 3, 10, 17),
    filters: fc.constantFrom(1, 2, 5, 16, 19, 40),
    padding: fc.constantFrom('same' as const, 'valid' as const, 'causal' as const),
    seed: fc.nat({ max: 1000 }),
  })
  .filter(({ rows, columns, padding }) => padding === 'same' || (fits(rows) && fits(columns)));
const fits = ({ size, taps }: { size: number; taps: number }) => size >= taps;
type Convolution = typeof convolutions extends fc.Arbitrary<infer T> ? T : never;

const shapeX = ({ batch, rows, columns, channels }: Convolution): Four => [batch, rows.size, columns.size, channels];
const shapeFilter = ({ rows, columns, channels, filters }: Convolution): Four => [
  rows.taps,
  columns.taps,
  channels,
  filters,
];
const x = (c: Convolution) => irregular(shapeX(c), c.seed, 0.5) as Image;
const filter = (c: Convolution) => irregular(shapeFilter(c), c.seed + 1, 0.5) as Image;
function convolve(c: Convolution, image: Image, weights: Image): Image {
  const zero: [number, number] = [0, 0];
  const pad: tf.backend_util.ExplicitPadding = [zero, [c.rows.taps - 1, 0], [c.columns.taps - 1, 0], zero];
  return tf.conv2d(image, weights, [c.rows.stride, c.columns.stride], c.padding === 'causal' ? pad : c.padding);
}
// Up to 3 · 17 · 17 · 40 products of up to 0.25 each, summed in float32.
const tolerance = { rtol: 1e-5, atol: 2e-5 };

describe('convolutions', { timeout: 60_000 }, () => {
  it('Conv2D of any strides, padding and sizes', () => {
    forAll(convolutions, (c) => expectParity('Conv2D', () => convolve(c, x(c), filter(c)), tolerance), 60);
  });

  it('Conv2D with dilations', () => {
    forAll(
      fc.record({ convolution: convolutions, dilation: fc.integer({ min: 2, max: 3 }) }),
      ({ convolution: c, dilation }) => {
        expectParity('Conv2D', () => tf.conv2d(x(c), filter(c), 1, 'same', 'NHWC', [1, dilation]), tolerance);
      },
      30,
    );
  });

  it.each(['Conv2DBackpropInput', 'Conv2DBackpropFilter'])('%s of any strides, padding and sizes', (kernel) => {
    forAll(
      convolutions,
      (c) => {
        const gradients = () => {
          const loss = (image: tf.Tensor, weights: tf.Tensor) => {
            const y = convolve(c, image as Image, weights as Image);
            return tf.sum(tf.mul(y, irregular(y.shape, c.seed + 2, 0.5)));
          };
          const [dx, dFilter] = tf.grads(loss)([x(c), filter(c)]) as [tf.Tensor, tf.Tensor];
          return kernel === 'Conv2DBackpropInput' ? dx : dFilter;
        };
        expectParity(kernel, gradients, tolerance);
      },
      60,
    );
  });

  it('gives the same on one thread and on two', () => {
    const image = () => irregular([6, 40, 30, 4], 3, 0.5) as Image;
    const weights = () => irregular([3, 3, 4, 20], 4, 0.5) as Image;
    const compute = () => tf.conv2d(image(), weights(), 1, 'same');
    configureNative({ threads: 1 });
    const one = computeOn('native', compute);
    configureNative({ threads: 2 });
    expect(computeOn('native', compute)).toEqual(one);
  });

  it('gives the numbers of a piece bit for bit where the whole has them', () => {
    const image = irregular([1, 60, 13, 3], 5, 0.5) as Image;
    const weights = irregular([4, 3, 3, 9], 6, 0.5) as Image;
    const whole = tf.conv2d(image, weights, 1, 'valid');
    const piece = tf.conv2d(tf.slice(image, [0, 22, 0, 0], [1, 5, 13, 3]), weights, 1, 'valid');
    expect(piece.dataSync()).toEqual(tf.slice(whole, [0, 22, 0, 0], [1, 2, -1, 9]).dataSync());
    tf.dispose([image, weights, whole, piece]);
  });

  it('leaves channels first and empty images to tfjs', () => {
    void tf.setBackend('native');
    resetKernelRuns();
    tf.tidy(() => {
      tf.conv2d(irregular([1, 2, 5, 4], 1) as Image, irregular([3, 3, 2, 2], 2) as Image, 1, 'same', 'NCHW');
      tf.conv2d(tf.zeros<tf.Rank.R4>([0, 4, 5, 2]), irregular([3, 3, 2, 2], 2) as Image, 1, 'same');
    });
    expect(kernelRuns()['Conv2D']).toEqual({ native: 0, fallback: 2 });
  });
});
