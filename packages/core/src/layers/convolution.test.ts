import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { uniform } from '../tensors/initializers.js';
import { disposeParameters } from '../tensors/parameters.js';
import { deriveKey, randomKey } from '../tensors/random.js';
import { checkGradients } from '../testing/check-gradients.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { irregular } from '../testing/sequence-problem.js';
import { Convolution, type ConvolutionOptions } from './convolution.js';

const key = randomKey(5);
const create = (options: Partial<ConvolutionOptions> = {}) =>
  new Convolution({ channels: 2, filters: 3, kernel: [3, 2], key, biasInitializer: uniform(1), ...options });
const input = (shape: [number, number, number, number], seed = 0) => irregular<tf.Rank.R4>(shape, seed, 'test');

/** The equation, in float64. */
function convolve(
  [x, [batch, time, features, channels]]: [ArrayLike<number>, number[]],
  [kernel, [height, width, , filters]]: [ArrayLike<number>, number[]],
  { bias, stride, causal }: { bias: ArrayLike<number>; stride: readonly number[]; causal: boolean },
): number[] {
  const p = causal ? height! - 1 : Math.floor((height! - 1) / 2);
  const q = Math.floor((width! - 1) / 2);
  const y: number[] = [];
  for (let b = 0; b < batch!; b++)
    for (let t = 0; t < time!; t += stride[0]!)
      for (let f = 0; f < features!; f += stride[1]!)
        for (let o = 0; o < filters!; o++) {
          let sum = bias[o]!;
          for (let i = 0; i < height!; i++)
            for (let j = 0; j < width!; j++)
              for (let c = 0; c < channels!; c++) {
                const [row, column] = [t - p + i, f - q + j];
                if (row < 0 || row >= time! || column < 0 || column >= features!) continue;
                const place = ((b * time! + row) * features! + column) * channels! + c;
                sum += x[place]! * kernel[((i * width! + j) * channels! + c) * filters! + o]!;
              }
          y.push(sum);
        }
  return y;
}

const cases = [
  { kernel: [3, 2], stride: [1, 1], causal: false },
  { kernel: [4, 3], stride: [2, 2], causal: false },
  { kernel: [3, 3], stride: [2, 1], causal: true },
  { kernel: [5, 1], stride: [1, 1], causal: true },
  { kernel: [1, 1], stride: [1, 3], causal: true },
] as const;

describe('Convolution', () => {
  it.each(cases)('is its equation, with its gradient: %o', ({ kernel, stride, causal }) => {
    const layer = create({ kernel, stride, causal });
    const x = input([2, 5, 4, 2]);
    const weights = irregular([2, layer.outputLength(5), layer.outputWidth(4), 3], 7, 'test');
    const { kernel: W, bias } = layer.parameters as { kernel: tf.Variable; bias: tf.Variable };
    const factors = weights.dataSync();
    checkGradients({
      tensors: { x, kernel: W, bias },
      loss: () => tf.sum(tf.mul(layer.apply(x), weights)),
      reference: ({ x: values, kernel: w, bias: b }) => {
        const y = convolve([values!, x.shape], [w!, W.shape], { bias: b!, stride, causal });
        expect(y).toHaveLength(factors.length);
        return y.reduce((sum, value, i) => sum + value * factors[i]!, 0);
      },
    });
    disposeParameters(layer.parameters);
    tf.dispose([x, weights]);
  });

  it.each([false, true])(
    'gives a sequence the outputs that it has without the zeros behind it: causal %s',
    (causal) => {
      const layer = create({ kernel: [4, 3], stride: [2, 1], causal });
      const x = input([1, 7, 4, 2]);
      tf.tidy(() => {
        for (const padding of [1, 2, 5]) {
          const padded = layer.apply(
            tf.pad4d(x, [
              [0, 0],
              [0, padding],
              [0, 0],
              [0, 0],
            ]),
          );
          const real = tf.slice(padded, [0, 0, 0, 0], [1, layer.outputLength(7), -1, -1]);
          expectClose(real, layer.apply(x), tolerances.forward);
        }
      });
      disposeParameters(layer.parameters);
      x.dispose();
    },
  );

  it.each([
    { kernel: [3, 2], stride: [1, 1] },
    { kernel: [4, 3], stride: [2, 2] },
    { kernel: [3, 1], stride: [3, 1] },
    { kernel: [1, 2], stride: [1, 1] },
  ] as const)('walks pieces of any length to the numbers of the whole: %o', ({ kernel, stride }) => {
    const layer = create({ kernel, stride, causal: true });
    const x = input([1, 23, 5, 2]);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const whole = layer.apply(x);
      let state = layer.initialState(1, 5);
      const outputs: tf.Tensor4D[] = [];
      let from = 0;
      for (const frames of [1, 1, 4, 2, 7, 1, 7]) {
        const next = layer.advance(tf.slice(x, [0, from, 0, 0], [1, frames, -1, -1]), state);
        ({ state } = next);
        if (next.output.shape[1] > 0) outputs.push(next.output);
        from += frames;
        expect(outputs.reduce((sum, { shape }) => sum + shape[1], 0)).toBe(layer.outputLength(from));
      }
      // Bit for bit: whatever lies beside an output, its sum runs in one order.
      expect(tf.concat(outputs, 1).arraySync()).toEqual(whole.arraySync());
    });
    expect(tf.memory().numTensors).toBe(before);
    disposeParameters(layer.parameters);
    x.dispose();
  });

  it('starts with normal numbers of variance 2 / (height·width·channels), and without a bias where none is asked for', () => {
    const layer = create({
      channels: 20,
      filters: 50,
      kernel: [5, 4],
      biasInitializer: 'none',
      key: deriveKey(key, 1),
    });
    expect(Object.keys(layer.parameters)).toEqual(['kernel']);
    const values = Array.from(layer.parameters['kernel']!.dataSync());
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(variance * 400).toBeCloseTo(2, 1);
    disposeParameters(layer.parameters);
  });

  it('says what does not fit', () => {
    const layer = create();
    const x = input([1, 4, 4, 3]);
    expect(() => layer.apply(x)).toThrow(
      'input must be [batch, time, features, channels] = [*, *, *, 2], got [1, 4, 4, 3]',
    );
    const state = layer.initialState(1, 4);
    expect(() => layer.advance(x, state)).toThrow('only a causal convolution can be walked in pieces');
    expect(() => create({ causal: true, stride: [4, 1] })).toThrow(
      'needs a kernel of at least its stride, 4 frames, got 3',
    );
    tf.dispose([x, state]);
    disposeParameters(layer.parameters);
  });
});
