import * as tf from '@tensorflow/tfjs-core';
import '@unroll/core';
import { kernelRuns, resetKernelRuns } from '@unroll/backend-native';
import { expect, it } from 'vitest';
import { irregular, wholeNumbers } from './support.js';

/** Kernels that only relabel memory: nothing to compute. */
const relabelling = new Set(['Identity', 'Reshape', 'ExpandDims']);

/** Every kernel that ran in plain JavaScript meanwhile. */
function fallbacksOf(compute: () => void): string[] {
  resetKernelRuns();
  tf.tidy(compute);
  const fallbacks = Object.entries(kernelRuns()).filter(([, { fallback }]) => fallback > 0);
  return fallbacks.map(([name]) => name).filter((name) => !relabelling.has(name));
}

it('a readable recurrent step and its gradient run natively', () => {
  const [batch, input, hidden] = [4, 6, 5];
  const W = tf.variable(irregular([input, 4 * hidden], 0) as tf.Tensor2D);
  const R = tf.variable(irregular([hidden, 4 * hidden], 1) as tf.Tensor2D);
  const b = tf.variable(irregular([4 * hidden], 2));
  const step = () => {
    const x = irregular([batch, input], 5) as tf.Tensor2D;
    const h = irregular([batch, hidden], 6) as tf.Tensor2D;
    const gates = tf.add(tf.add(tf.matMul(x, W), tf.matMul(h, R)), b);
    const [i, f, g, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const c = tf.add(tf.mul(tf.sigmoid(f), h), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    return tf.sum<tf.Scalar>(tf.mul(tf.sigmoid(o), tf.tanh(c)));
  };
  expect(fallbacksOf(() => void tf.variableGrads(step))).toEqual([]);
  tf.dispose([W, R, b]);
});

it('an embedding, a masked loss and their gradients run natively', () => {
  const embedding = tf.variable(irregular([20, 8], 1));
  const loss = () => {
    const ids = wholeNumbers([3, 7], 2, 20);
    const vectors = tf.reshape<tf.Rank.R2>(tf.gather(embedding, ids), [21, 8]);
    const logits = tf.matMul(vectors, embedding, false, true);
    const targets = tf.oneHot(wholeNumbers([21], 3, 20), 20, 1, 0, 'float32');
    const mask = tf.cast(tf.greater(irregular([21], 4), tf.scalar(0)), 'float32');
    const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), targets), -1));
    return tf.div<tf.Scalar>(tf.sum(tf.mul(losses, mask)), tf.sum(mask));
  };
  expect(fallbacksOf(() => void tf.variableGrads(loss))).toEqual([]);
  embedding.dispose();
});

it('layer norm, padding, stacking and reversing run natively, backwards too', () => {
  const x = tf.variable(irregular([3, 4, 10], 1));
  const loss = () => {
    const { mean, variance } = tf.moments(x, -1, true);
    const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
    const padded = tf.pad(normal, [
      [0, 0],
      [1, 2],
      [0, 0],
    ]);
    const joined = tf.concat([padded, tf.reverse(padded, 1)], 2);
    const steps = tf.unstack(tf.transpose(joined, [1, 0, 2]));
    const chosen = tf.where(tf.less(irregular([3, 20], 9), tf.scalar(0)), steps[1]!, tf.relu(steps[2]!));
    return tf.mean<tf.Scalar>(tf.tile(tf.stack([chosen, tf.maximum(steps[3]!, steps[4]!)]), [1, 2, 1]));
  };
  // The gradient of `where` turns its condition around: bytes, left to plain JavaScript.
  expect(fallbacksOf(() => void tf.variableGrads(loss))).toEqual(['LogicalNot']);
  x.dispose();
});

it('what is left to plain JavaScript is counted', () => {
  expect(fallbacksOf(() => void tf.add(tf.tensor1d([1], 'int32'), tf.tensor1d([2], 'int32')))).toEqual(['Add']);
  expect(fallbacksOf(() => void tf.cumsum(tf.tensor1d([1, 2])))).toEqual(['Cumsum']);
});

it('convolutions over one and two axes and their gradients run natively', () => {
  const filter = tf.variable(irregular([5, 1, 1, 10], 1)) as tf.Variable<tf.Rank.R4>;
  const next = tf.variable(irregular([3, 10, 8], 2)) as tf.Variable<tf.Rank.R3>;
  const loss = () => {
    const x = irregular([2, 20, 6, 1], 3) as tf.Tensor4D;
    const y = tf.relu(
      tf.conv2d(
        x,
        filter,
        [2, 1],
        [
          [0, 0],
          [4, 0],
          [0, 0],
          [0, 0],
        ],
      ),
    );
    return tf.sum<tf.Scalar>(tf.conv1d(tf.mean<tf.Tensor3D>(y, 2), next, 1, 'same'));
  };
  expect(fallbacksOf(() => void tf.variableGrads(loss))).toEqual([]);
  tf.dispose([filter, next]);
});
