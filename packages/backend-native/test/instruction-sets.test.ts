import * as tf from '@tensorflow/tfjs-core';
import { configureNative } from '@unroll/backend-native';
import { logSoftmax } from '@unroll/core';
import { expectClose, tolerances } from '@unroll/core/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { nativeFunctions } from '../src/native.js';
import { computeOn, irregular, wholeNumbers, type Computation } from './support.js';

afterAll(() => {
  nativeFunctions().limitInstructionSet('avx512');
  configureNative({});
});

/** One computation of each kernel file, with remainders of every vector length. */
const computations: Record<string, Computation> = {
  unary: () => {
    const x = irregular([37], 1, 5);
    return [
      tf.exp(x),
      tf.tanh(x),
      tf.sigmoid(x),
      tf.log(tf.abs(x)),
      tf.floor(x),
      tf.ceil(x),
      tf.softplus(x),
      tf.elu(x),
    ];
  },
  binary: () => {
    const [a, b] = [irregular([5, 37], 2), irregular([37], 3)];
    return [
      tf.add(a, b),
      tf.div(a, b),
      tf.maximum(b, a),
      tf.squaredDifference(a, b),
      tf.cast(tf.less(a, b), 'float32'),
    ];
  },
  reductions: () => {
    const x = irregular([13, 37], 4);
    return [tf.sum(x, 0), tf.sum(x, 1), tf.max(x, 0), tf.min(x, 1), tf.softmax(x), logSoftmax(x), tf.topk(x, 5).values];
  },
  movement: () => {
    const x = irregular([13, 37], 5);
    const rows = wholeNumbers([21], 1, 13) as tf.Tensor1D;
    return [
      tf.transpose(x),
      tf.gather(x, rows),
      tf.unsortedSegmentSum(tf.gather(x, rows), rows, 13),
      tf.cast(rows, 'float32'),
    ];
  },
  convolutions: () => {
    const [image, filter] = [irregular([2, 9, 21, 3], 8, 0.5), irregular([3, 2, 3, 19], 9, 0.5)] as [
      tf.Tensor4D,
      tf.Tensor4D,
    ];
    const few = tf.slice(filter, [0, 0, 0, 0], [3, 2, 3, 1]);
    const loss = (x: tf.Tensor, f: tf.Tensor) =>
      tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, [2, 1], 'same')));
    return [loss(image, filter), ...tf.grads(loss)([image, filter]), ...tf.grads(loss)([image, few])];
  },
  products: () => tf.matMul(irregular([19, 70], 6, 0.5), irregular([70, 33], 7, 0.5)),
};

describe.each(['baseline', 'avx2', 'avx512'] as const)('kernels for %s', (instructionSet) => {
  it.each(Object.entries(computations))('%s', (_, compute) => {
    const expected = computeOn('cpu', compute);
    void tf.setBackend('native');
    nativeFunctions().limitInstructionSet(instructionSet);
    for (const [i, result] of computeOn('native', compute).entries())
      expectClose(result, expected[i]!, tolerances.forward);
  });
});

it.each([1, 2, 3])('%i threads give the same numbers again', (threads) => {
  configureNative({ threads });
  const compute = () => {
    const x = irregular([300, 257], 1);
    return [tf.sum(x, 0), tf.sum(x), tf.softmax(x), tf.matMul(x, tf.transpose(x)), tf.mul(x, x)];
  };
  expect(computeOn('native', compute)).toEqual(computeOn('native', compute));
});

it('refuses a configuration that cannot be', () => {
  expect(() => configureNative({ threads: -1 })).toThrow('threads must be a whole number from 0 to 1024, got -1');
  expect(() => configureNative({ threads: 1.5 })).toThrow('threads must be a whole number');
  expect(() => configureNative({ precision: 'float16' as 'float32' })).toThrow(
    'precision must be float32 or bfloat16, got float16',
  );
  expect(configureNative({ threads: 3, precision: 'bfloat16' })).toMatchObject({ threads: 3, precision: 'bfloat16' });
});
