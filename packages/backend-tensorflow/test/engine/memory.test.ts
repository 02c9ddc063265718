import * as tf from '@tensorflow/tfjs-core';
import { GruCell, LstmCell, ElmanCell, randomKey, unroll } from '@unroll/core';
import { expect, test } from 'vitest';
import { handles, inOps } from './support.js';

const cells = {
  lstm: () => new LstmCell({ inputSize: 3, hiddenSize: 4, key: randomKey(1) }),
  gru: () => new GruCell({ inputSize: 3, hiddenSize: 4, key: randomKey(1) }),
  elman: () => new ElmanCell({ inputSize: 3, hiddenSize: 4, key: randomKey(1) }),
};

test.each(Object.entries(cells))('TensorFlow holds nothing after a layer and its gradient: %s', (_name, create) => {
  const cell = create();
  const run = () =>
    tf.tidy(() => {
      const input: tf.Tensor3D = tf.ones([5, 2, 3]);
      const lengths = tf.tensor1d([5, 3], 'int32');
      const loss = () => tf.sum<tf.Scalar>(unroll(cell as never, input, { lengths }).output);
      const { grads } = tf.variableGrads(loss, Object.values(cell.parameters));
      return Object.values(grads).map((gradient) => gradient.dataSync()[0]!);
    });
  run();
  const before = handles();
  for (let i = 0; i < 5; i++) expect(run().every(Number.isFinite)).toBe(true);
  expect(handles()).toBe(before);
  Object.values(cell.parameters).forEach((parameter) => parameter.dispose());
});

test('an op that fails leaves nothing behind, and says what TensorFlow said', () => {
  const before = handles();
  const multiply = () =>
    inOps((ops) => ops.matMul(ops.add(ops.floats([1, 2], [1, 2]), ops.scalar(1)), ops.floats([1, 2, 3], [3, 1])));
  expect(multiply).toThrow(/Matrix size-incompatible/);
  expect(handles()).toBe(before);
});

test('only what a kernel made can be given, and only once', () => {
  const before = handles();
  inOps((ops) => {
    const value = ops.scalar(3);
    const [given] = ops.give([value]);
    expect(() => ops.give([value])).toThrow("not this kernel's to give");
    tf.engine().makeTensorFromTensorInfo(given!).dispose();
  });
  expect(handles()).toBe(before);
});
