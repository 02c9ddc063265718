import { ctcLoss, randomKey, uniform } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { transcriptionLoss } from '../src/loss.js';

const lengths = Int32Array.of(6, 2, 4);
const irregular = (batch: number): tf.Tensor3D =>
  tf.tensor3d(
    Float32Array.from(uniform(randomKey(3), 24 * batch), (u) => 2 * u - 1),
    [6, batch, 4],
  );
const symbols = [Int32Array.of(1, 2, 2), Int32Array.of(1, 1), new Int32Array()];

test('transcripts that cannot be said in so few steps are left out and counted; the others are summed up', () => {
  tf.tidy(() => {
    const logits = irregular(3);
    const each = ctcLoss(logits, { lengths, labels: symbols }).dataSync();
    const { sum, count, statistics } = transcriptionLoss(logits, { lengths, symbols });
    expect(each[1]).toBe(Infinity);
    expect(sum.dataSync()[0]).toBeCloseTo(each[0]! + each[2]!, 5);
    // three symbols, and one for the recording that says nothing
    expect(count).toBe(4);
    expect(statistics).toEqual({ impossible: 1 });
    const gradient = tf.grad((x) => transcriptionLoss(x as tf.Tensor3D, { lengths, symbols }).sum)(logits);
    expect(tf.any(tf.notEqual(gradient, 0), [0, 2]).arraySync()).toEqual([1, 0, 1]);
    expect(tf.any(tf.isNaN(gradient)).arraySync()).toBe(0);
  });
});

test('a batch of nothing possible has no loss and no tensors left', () => {
  const logits = irregular(1);
  const before = tf.memory().numTensors;
  const { sum, count } = transcriptionLoss(logits, { lengths: Int32Array.of(1), symbols: [Int32Array.of(1, 2)] });
  expect([sum.dataSync()[0], count]).toEqual([0, 0]);
  tf.dispose(sum);
  expect(tf.memory().numTensors).toBe(before);
  logits.dispose();
});
