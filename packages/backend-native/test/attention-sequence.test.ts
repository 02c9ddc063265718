import * as tf from '@tensorflow/tfjs-core';
import { configureNative, kernelRuns, resetKernelRuns } from '@unroll/backend-native';
import { attentionSequence, inputFeedingSequence, type AttentionSequenceAttributes } from '@unroll/core';
import { ShapeError } from '@unroll/core/errors';
import { expectClose } from '@unroll/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { nativeFunctions } from '../src/native.js';
import { irregular } from './support.js';

// core's own suite holds the kernel to the readable path and to float64; here is what only this engine promises.

const [time, batch, inputSize, hiddenSize, sourceTime, keySize, valueSize] = [4, 24, 20, 48, 9, 40, 70];
const between: AttentionSequenceAttributes = { cell: 'gru', attends: 'between', score: 'additive', scale: 1 };
const before: AttentionSequenceAttributes = { cell: 'lstm', attends: 'before', score: 'dot', scale: 0.2 };

afterEach(() => {
  nativeFunctions().limitInstructionSet('avx512');
  configureNative({});
});

/** Weights of a transition, of numbers that differ with `seed`. */
const weights = (gates: number, width: number, seed: number) => ({
  inputKernel: irregular([width, gates * hiddenSize], seed, 0.2) as tf.Tensor2D,
  recurrentKernel: irregular([hiddenSize, gates * hiddenSize], seed + 1, 0.2) as tf.Tensor2D,
  bias: irregular([gates * hiddenSize], seed + 2) as tf.Tensor1D,
  ...(gates === 3 && { recurrentBias: irregular([3 * hiddenSize], seed + 3) as tf.Tensor1D }),
});

const numbersOf = (tensors: readonly tf.Tensor[]) => tensors.map((tensor) => tensor.dataSync<'float32'>().slice());

/** A layer large enough for threads to share the batch: its results and all gradients. */
function run(attributes: AttentionSequenceAttributes, lengths?: number[]): Float32Array[] {
  const gates = attributes.cell === 'gru' ? 3 : 4;
  return tf.tidy(() => {
    const isBetween = attributes.attends === 'between';
    const tensors = {
      input: irregular([time, batch, inputSize], 1) as tf.Tensor3D,
      first: weights(gates, isBetween ? inputSize : inputSize + valueSize, 2),
      second: isBetween ? weights(gates, valueSize, 6) : undefined,
      queryKernel: irregular([hiddenSize, keySize], 10, 0.2) as tf.Tensor2D,
      scoreVector: attributes.score === 'additive' ? (irregular([keySize], 11) as tf.Tensor1D) : undefined,
      keys: irregular([sourceTime, batch, keySize], 12) as tf.Tensor3D,
      values: irregular([sourceTime, batch, valueSize], 13) as tf.Tensor3D,
      sourceLengths: lengths && tf.tensor1d(lengths, 'int32'),
      initialH: irregular([batch, hiddenSize], 14, 1) as tf.Tensor2D,
      initialC: gates === 4 ? (irregular([batch, hiddenSize], 15, 1) as tf.Tensor2D) : undefined,
    };
    const { output, contexts, weights: attended, finalH } = attentionSequence(tensors, attributes);
    const { first, keys, values, initialH, queryKernel, input } = tensors;
    const sources = [...Object.values(first), keys, values, initialH, queryKernel, input];
    const gradients = tf.grads(() => {
      const results = attentionSequence(tensors, attributes);
      return tf.add(tf.sum(tf.square(results.output)), tf.sum(tf.mul(results.contexts, 0.3)));
    })(sources);
    return numbersOf([output, contexts, attended, finalH, ...gradients]);
  });
}

/** Two LSTM layers with dropout between them, whose attentional state is fed to the next step. */
function runFeeding(lengths?: number[]): Float32Array[] {
  return tf.tidy(() => {
    const state = (seed: number) => irregular([batch, hiddenSize], seed, 1) as tf.Tensor2D;
    const layers = [0, 1].map((layer) => ({
      weights: weights(4, layer === 0 ? inputSize + hiddenSize : hiddenSize, 20 + 4 * layer),
      initialState: { h: state(28 + layer), c: state(30 + layer) },
      inputDropoutMask: layer === 1 ? (irregular([time, batch, hiddenSize], 32, 2) as tf.Tensor3D) : undefined,
    }));
    const tensors = {
      input: irregular([time, batch, inputSize], 1) as tf.Tensor3D,
      layers,
      queryKernel: irregular([hiddenSize, keySize], 10, 0.2) as tf.Tensor2D,
      combineKernel: irregular([valueSize + hiddenSize, hiddenSize], 33, 0.2) as tf.Tensor2D,
      initialFeed: state(34),
      scoreVector: irregular([keySize], 11) as tf.Tensor1D,
      keys: irregular([sourceTime, batch, keySize], 12) as tf.Tensor3D,
      values: irregular([sourceTime, batch, valueSize], 13) as tf.Tensor3D,
      sourceLengths: lengths && tf.tensor1d(lengths, 'int32'),
    };
    const feed = () => inputFeedingSequence(tensors, { cell: 'lstm', score: 'additive', scale: 1 });
    const { input, keys, values, initialFeed, queryKernel, combineKernel } = tensors;
    const own = layers.flatMap((layer) => [...Object.values(layer.weights), ...Object.values(layer.initialState)]);
    const sources = [input, keys, values, initialFeed, queryKernel, combineKernel, ...own];
    const gradients = tf.grads(() => tf.sum(tf.square(feed().output)))(sources);
    const { output, weights: attended } = feed();
    return numbersOf([output, attended, ...gradients]);
  });
}

function expectAllClose(actual: readonly Float32Array[], expected: readonly Float32Array[], atol: number): void {
  for (const [i, values] of actual.entries()) {
    const largest = Math.max(1, ...expected[i]!.map(Math.abs));
    const tolerance = { rtol: 1e-5, atol: atol * largest, name: `result ${i}` };
    expectClose(tf.tensor1d(values), tf.tensor1d(expected[i]!), tolerance);
  }
}

const inside = 'AttentionSequence';
describe.each([
  ['conditional GRU', inside, (lengths?: number[]) => run(between, lengths)],
  ['LSTM that attends before its step', inside, (lengths?: number[]) => run(before, lengths)],
  ['two LSTMs with input feeding', 'InputFeedingSequence', runFeeding],
] as const)('a sequence with attention inside: %s', (_, kernel, compute) => {
  it('gives the same bits again and again with several threads', () => {
    configureNative({ threads: 2 });
    expect(compute()).toEqual(compute());
  });

  it.each(['baseline', 'avx2', 'avx512'] as const)(
    'agrees with one thread of the best instruction set: %s, 3 threads',
    (instructionSet) => {
      configureNative({ threads: 1 });
      const expected = compute();
      configureNative({ threads: 3 });
      nativeFunctions().limitInstructionSet(instructionSet);
      resetKernelRuns();
      const actual = compute();
      expect(kernelRuns()[kernel]).toEqual({ native: 2, fallback: 0 });
      expect(kernelRuns()[`${kernel}Grad`]).toEqual({ native: 1, fallback: 0 });
      expectAllClose(actual, expected, 5e-6);
    },
  );

  it('stays within bfloat16 rounding of float32 when that precision is chosen', () => {
    const expected = compute();
    configureNative({ precision: 'bfloat16' });
    const actual = compute();
    expect(actual).not.toEqual(expected);
    expectAllClose(actual, expected, 0.05);
  });

  it('frees what it makes', () => {
    const before = tf.memory().numTensors;
    compute();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names the length that cannot be', () => {
    const lengths = Array.from({ length: batch }, (__, b) => (b === 5 ? sourceTime + 1 : 1));
    const wrong = () => compute(lengths);
    expect(wrong).toThrow(ShapeError);
    expect(wrong).toThrow("unroll: Attention: lengths[5] must be in [0, 9] (the source's time steps), got 10");
  });
});
