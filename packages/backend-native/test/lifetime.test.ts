import * as tf from '@tensorflow/tfjs-core';
import '@unroll/core';
import { NativeBackend, type NativeMemory } from '@unroll/backend-native';
import { beforeEach, describe, expect, it } from 'vitest';
import { constant, irregular, wholeNumbers } from './support.js';

let backend: NativeBackend;
beforeEach(() => {
  if (!(tf.backend() instanceof NativeBackend)) throw new Error('the native backend is not selected');
  backend = tf.backend() as NativeBackend;
});

const memory = () => tf.memory() as tf.MemoryInfo & NativeMemory;

/** A model's forward and backward pass: looks up, multiplies, activates, normalises, reduces. */
function trainOnce(weights: { embedding: tf.Variable; kernel: tf.Variable }, seed: number): number {
  const { value, grads } = tf.variableGrads(() => {
    const vectors = tf.gather(weights.embedding, wholeNumbers([16], seed, 50));
    const hidden = tf.tanh(tf.matMul(tf.dropout(vectors, 0.1, undefined, 1), weights.kernel));
    return tf.mean<tf.Scalar>(tf.square(tf.logSoftmax(hidden)));
  });
  tf.tidy(() => weights.kernel.assign(tf.sub(weights.kernel, tf.mul(0.1, grads[weights.kernel.name]!))));
  const loss = value.dataSync()[0]!;
  tf.dispose([value, grads]);
  return loss;
}

describe('lifetime', { timeout: 60_000 }, () => {
  it('tensors and bytes return to the start, and a long loop is flat', () => {
    const weights = {
      embedding: tf.variable(irregular([50, 40], 1)),
      kernel: tf.variable(irregular([40, 30], 2, 0.3)),
    };
    for (let i = 0; i < 20; i++) trainOnce(weights, i);
    const start = memory();
    for (let i = 0; i < 300; i++) trainOnce(weights, i);
    const end = memory();
    expect({ tensors: end.numTensors, buffers: end.numDataBuffers, bytes: end.numBytes }).toEqual({
      tensors: start.numTensors,
      buffers: start.numDataBuffers,
      bytes: start.numBytes,
    });
    expect(end.usedBytes).toBe(start.usedBytes);
    expect(end.freeBytes).toBe(start.freeBytes);
    expect(end.allocations).toBe(start.allocations);
    tf.dispose(Object.values(weights));
  });

  it('reuses the memory of a disposed tensor', () => {
    const first = tf.add(irregular([1234], 1), 1);
    const memoryOfFirst = backend.floats(first).buffer;
    first.dispose();
    const second = tf.add(irregular([1234], 2), 1);
    expect(backend.floats(second).buffer).toBe(memoryOfFirst);
    second.dispose();
  });

  it.each(['dataSync', 'data', 'bufferSync', 'array'] as const)('never reuses what was read by %s', async (how) => {
    const tensor = tf.add(irregular([777], 1), 1);
    const kept =
      how === 'dataSync' ? tensor.dataSync() : how === 'data' ? await tensor.data() : tensor.bufferSync().values;
    if (how === 'array') await tensor.array();
    const before = [...(kept as Float32Array)];
    tensor.dispose();
    const others = Array.from({ length: 5 }, (_, i) => tf.add(irregular([777], 9 + i), 1));
    expect([...(kept as Float32Array)]).toEqual(before);
    tf.dispose(others);
  });

  it('keeps memory that a slice, a reshape or a clone still needs', () => {
    const whole = tf.add(irregular([4, 100], 1), 1);
    const parts = [tf.slice(whole, [1, 0], [1, 100]), tf.reshape(whole, [400]), tf.clone(whole), tf.unstack(whole)[3]!];
    const expected = parts.map((part) => String(part.clone().arraySync()));
    const view = tf.slice(tf.add(irregular([4, 100], 5), 1), [2, 0], [1, 100]);
    whole.dispose();
    const others = Array.from({ length: 5 }, (_, i) => tf.add(irregular([4, 100], 20 + i), 1));
    expect(parts.map((part) => String(part.arraySync()))).toEqual(expected);
    expect(view.shape).toEqual([1, 100]);
    tf.dispose([parts, others, view]);
  });

  it('does not touch arrays that the user gave', () => {
    const mine = new Float32Array(500).fill(3);
    const tensor = tf.tensor1d(mine);
    tensor.dispose();
    const others = Array.from({ length: 4 }, () => constant([500], 7));
    expect(mine.every((value) => value === 3)).toBe(true);
    tf.dispose(others);
  });

  it('moves data from and to another backend', () => {
    const tensor = tf.add(irregular([10], 1), 1);
    const expected = tf.tidy(() => [...tf.add(irregular([10], 1), 1).dataSync()]);
    void tf.setBackend('cpu');
    (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
    const moved = tf.mul(tensor, 2);
    void tf.setBackend('native');
    const back = tf.div(moved, 2);
    expect([...back.dataSync()]).toEqual(expected);
    tf.dispose([tensor, moved, back]);
  });

  it('reports what the pool holds', () => {
    const before = memory();
    const tensor = constant([2 ** 21], 1);
    expect(memory().usedBytes - before.usedBytes).toBe(2 ** 23);
    expect(memory().allocations - before.allocations).toBe(1);
    tensor.dispose();
    expect(memory().freeBytes - before.freeBytes).toBe(2 ** 23);
  });
});

describe('writableInPlace', { timeout: 60_000 }, () => {
  const addOne = (tensor: tf.Tensor) => {
    const values = backend.writableInPlace(tensor);
    for (let i = 0; i < values.length; i++) values[i]!++;
  };

  it('is the own memory of a tensor that nobody else sees', () => {
    const tensor = constant([10], 1);
    const own = backend.floats(tensor);
    expect(backend.writableInPlace(tensor)).toBe(own);
    tensor.dispose();
  });

  it('leaves alone an array that a user gave or read', () => {
    const mine = new Float32Array(10).fill(1);
    const given = tf.tensor1d(mine);
    addOne(given);
    expect([mine[0], given.dataSync()[0]]).toEqual([1, 2]);
    const read = given.dataSync();
    addOne(given);
    expect([read[0], given.dataSync()[0]]).toEqual([2, 3]);
    given.dispose();
  });

  it('leaves alone a slice of the same memory', () => {
    const tensor = constant([2, 10], 1);
    const slice = tf.slice(tensor, [0, 0], [1, 10]);
    addOne(tensor);
    expect([slice.dataSync()[0], tensor.dataSync()[0]]).toEqual([1, 2]);
    tf.dispose([tensor, slice]);
  });

  it('gives a variable with clones data of its own, and counts right', () => {
    const before = memory();
    const variable = tf.variable(constant([10], 1));
    const clone = variable.clone();
    addOne(variable);
    addOne(variable);
    expect([clone.dataSync()[0], variable.dataSync()[0]]).toEqual([1, 3]);
    const numTensors = memory().numTensors;
    // The variable, its clone, and the tensor that the variable was made of.
    expect(numTensors - before.numTensors).toBe(3);
    tf.dispose([variable, clone]);
  });

  it('becomes cheap again once a variable has its own data', () => {
    const variable = tf.tidy(() => tf.variable(constant([10], 1)));
    addOne(variable);
    const own = backend.floats(variable);
    addOne(variable);
    expect(backend.floats(variable)).toBe(own);
    variable.dispose();
  });

  it('refuses a shared tensor that is no variable', () => {
    const tensor = constant([10], 1);
    const clone = tensor.clone();
    expect(() => backend.writableInPlace(tensor)).toThrow('cannot be changed in place');
    tf.dispose([tensor, clone]);
  });

  it('refuses a tensor of another type', () => {
    const tensor = tf.tensor1d([1], 'int32');
    expect(() => backend.writableInPlace(tensor)).toThrow('needs a tensor of type float32, got int32 [1]');
    tensor.dispose();
  });
});
