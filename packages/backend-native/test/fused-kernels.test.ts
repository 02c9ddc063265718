import * as tf from '@tensorflow/tfjs-core';
import { configureNative, engineInfo, kernelRuns, resetKernelRuns } from '@unroll/backend-native';
import { dropoutMask, gruFanOut, linearCrossEntropy, lstmSequence, uniform } from '@unroll/core';
import { ShapeError } from '@unroll/core/errors';
import { expectClose } from '@unroll/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { nativeFunctions } from '../src/native.js';
import { irregular, wholeNumbers } from './support.js';

// core's own suites hold these kernels to the readable path and to float64; here is what only this engine promises.

const instructionSets = ['baseline', 'avx2', 'avx512'] as const;

afterEach(() => {
  nativeFunctions().limitInstructionSet('avx512');
  configureNative({});
});

/** A layer large enough for threads to share its units. */
function runLstm(lengths?: number[]): tf.Tensor[] {
  const [time, batch, inputSize, hiddenSize] = [5, 24, 40, 96];
  const tensors = {
    input: irregular([time, batch, inputSize], 1) as tf.Tensor3D,
    inputKernel: irregular([inputSize, 4 * hiddenSize], 2, 0.2) as tf.Tensor2D,
    recurrentKernel: irregular([hiddenSize, 4 * hiddenSize], 3, 0.2) as tf.Tensor2D,
    bias: irregular([4 * hiddenSize], 4) as tf.Tensor1D,
    initialH: irregular([batch, hiddenSize], 5, 1) as tf.Tensor2D,
    initialC: irregular([batch, hiddenSize], 6, 1) as tf.Tensor2D,
    ...(lengths && { lengths: tf.tensor1d(lengths, 'int32') }),
  };
  const { output, finalH, finalC } = lstmSequence(tensors, { reverse: false });
  return [output, finalH, finalC];
}

const numbers = (run: () => tf.Tensor[]) => tf.tidy(() => run().map((tensor) => tensor.dataSync()));

/** A step of 40 units from 6 states with 4 of 8 inputs each, and its gradients. */
function runFanOut(): tf.Tensor[] {
  const sources = [irregular([8, 120], 1, 1), irregular([6, 120], 2, 1), irregular([6, 40], 3, 1)] as tf.Tensor2D[];
  const [inputProducts, stateProducts, state] = sources;
  const weights = irregular([24, 40], 4, 1);
  const step = () => gruFanOut({ inputProducts: inputProducts!, stateProducts: stateProducts!, state: state! }, 4);
  const { grads } = tf.engine().gradients(() => tf.sum(tf.mul(step(), weights)), sources);
  return [step(), ...grads];
}

describe('one step from many states', () => {
  it.each(instructionSets)('agrees with one thread of the best instruction set: %s, 3 threads', (instructionSet) => {
    configureNative({ threads: 1 });
    const expected = numbers(runFanOut);
    configureNative({ threads: 3 });
    nativeFunctions().limitInstructionSet(instructionSet);
    const actual = numbers(runFanOut);
    for (const [i, values] of actual.entries()) {
      expectClose(tf.tensor1d(values as Float32Array), tf.tensor1d(expected[i] as Float32Array), {
        rtol: 1e-5,
        atol: 3e-6,
        name: `${instructionSet} result ${i}`,
      });
    }
  });

  it('gives the same bits for any number of threads', () => {
    configureNative({ threads: 1 });
    const expected = numbers(runFanOut);
    configureNative({ threads: 3 });
    expect(numbers(runFanOut)).toEqual(expected);
  });
});

describe('sequences', () => {
  it('give the same bits again and again with several threads', () => {
    configureNative({ threads: 2 });
    expect(numbers(runLstm)).toEqual(numbers(runLstm));
  });

  it.each(instructionSets)('agree with one thread of the best instruction set: %s, 3 threads', (instructionSet) => {
    configureNative({ threads: 1 });
    const expected = numbers(runLstm);
    configureNative({ threads: 3 });
    nativeFunctions().limitInstructionSet(instructionSet);
    resetKernelRuns();
    const actual = numbers(runLstm);
    expect(kernelRuns()['LstmSequence']).toEqual({ native: 1, fallback: 0 });
    for (const [i, values] of actual.entries()) {
      expectClose(tf.tensor1d(values as Float32Array), tf.tensor1d(expected[i] as Float32Array), {
        rtol: 1e-5,
        atol: 3e-6,
        name: `${instructionSet} result ${i}`,
      });
    }
  });

  it('stay within bfloat16 rounding of float32 when that precision is chosen', () => {
    const expected = numbers(runLstm);
    configureNative({ precision: 'bfloat16' });
    expect(engineInfo().precision).toBe('bfloat16');
    const actual = numbers(runLstm);
    expect(actual).not.toEqual(expected);
    for (const [i, values] of actual.entries()) {
      expectClose(tf.tensor1d(values as Float32Array), tf.tensor1d(expected[i] as Float32Array), {
        rtol: 0,
        atol: 0.03,
        name: `bfloat16 result ${i}`,
      });
    }
  });

  it('name the length that cannot be', () => {
    const wrong = () => runLstm(Array.from({ length: 24 }, (_, b) => (b === 5 ? 6 : 1)));
    expect(wrong).toThrow(ShapeError);
    expect(wrong).toThrow('unroll: LstmSequence: lengths[5] must be in [0, 5] (the time steps of input), got 6');
  });
});

describe('linear cross-entropy', () => {
  it('names the target that is no word', () => {
    const tensors = {
      hidden: irregular([3, 4], 1) as tf.Tensor2D,
      kernel: irregular([4, 7], 2) as tf.Tensor2D,
      targets: tf.tensor1d([0, 7, 1], 'int32'),
    };
    expect(() => linearCrossEntropy(tensors)).toThrow(/targets\[1\] must be in \[0, 7\).*got 7/);
  });

  it('sums the same whether or not the gradient is wanted', () => {
    const tensors = {
      hidden: irregular([50, 33], 1) as tf.Tensor2D,
      kernel: irregular([33, 301], 2) as tf.Tensor2D,
      targets: wholeNumbers([50], 3, 301) as tf.Tensor1D,
    };
    const { value } = tf.valueAndGrad(
      (hidden) => linearCrossEntropy({ ...tensors, hidden: hidden as tf.Tensor2D }).sum,
    )(tensors.hidden);
    expect(value.dataSync()[0]).toBeCloseTo(linearCrossEntropy(tensors).sum.dataSync()[0]!, 3);
  });
});

describe('dropout mask', () => {
  it.each(instructionSets)('has the bits of the JavaScript generator: %s', (instructionSet) => {
    nativeFunctions().limitInstructionSet(instructionSet);
    const [size, rate, key] = [40_003, 0.35, [0xdeadbeef, 42]] as const;
    const expected = Float32Array.from(uniform(key, size), (u) => (u >= rate ? 1 / (1 - rate) : 0));
    expect(dropoutMask([size], { rate, key }).dataSync()).toEqual(expected);
  });
});
