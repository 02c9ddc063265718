import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { GruCell } from '../cells/gru.js';
import { LstmCell } from '../cells/lstm.js';
import { dropoutMask } from '../ops/dropout-mask.js';
import { swapBatchAndTime } from '../sequences/time-major.js';
import { uniform } from '../tensors/initializers.js';
import { disposeParameters } from '../tensors/parameters.js';
import { deriveKey, randomKey } from '../tensors/random.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { irregular } from '../testing/sequence-problem.js';
import { bidirectional } from './bidirectional.js';
import { dropout, lockedDropout } from './dropout.js';
import { Stack } from './stack.js';
import { stateFromRecord, stateToRecord } from './stack-state.js';
import { unroll } from './unroll.js';

const exact = { rtol: 0, atol: 0 };
const key = randomKey(4);
const weights = uniform(0.8);
const initializers = { inputKernel: weights, recurrentKernel: weights, bias: weights };
const sizes = { inputSize: 3, hiddenSize: 4, layers: 2, key };
const plain = new Stack({ ...sizes, createCell: (options) => new LstmCell({ ...options, initializers }) });
const both = new Stack({
  ...sizes,
  bidirectional: true,
  createCell: (options) => new GruCell({ ...options, initializers }),
});

afterAll(() => {
  disposeParameters(plain.parameters);
  disposeParameters(both.parameters);
});

const sequence = (time = 5) => irregular<tf.Rank.R3>([time, 2, 3], 1, 'input');
const lengthsOf = () => tf.tensor1d([3, 5], 'int32');

describe('Stack', () => {
  it('is its layers, each on the outputs of the one below', () => {
    tf.tidy(() => {
      const input = sequence();
      const lengths = lengthsOf();
      const first = unroll(plain.layers[0]!.forward, input, { lengths });
      const second = unroll(plain.layers[1]!.forward, first.output, { lengths });
      const { output, finalState } = plain.applyTimeMajor(input, { lengths });
      expectClose(output, second.output, exact);
      expectClose(finalState[0]!.forward.c!, first.finalState.c!, exact);
      expectClose(finalState[1]!.forward.h, second.finalState.h, exact);
    });
  });

  it('in both directions gives each layer both outputs of the one below', () => {
    tf.tidy(() => {
      const input = sequence();
      const lengths = lengthsOf();
      const [lower, upper] = both.layers.map(({ forward, backward }) => ({ forward, backward: backward! }));
      const first = bidirectional(lower!, input, { lengths });
      const second = bidirectional(upper!, first.output, { lengths });
      const { output, finalState } = both.applyTimeMajor(input, { lengths });
      expect(output.shape).toEqual([5, 2, both.outputSize]);
      expectClose(output, second.output, exact);
      expectClose(finalState[0]!.backward!.h, first.finalState.backward.h, exact);
      expectClose(finalState[1]!.forward.h, second.finalState.forward.h, exact);
    });
  });

  it('takes and gives batch-major arrays at its own ends', () => {
    tf.tidy(() => {
      const input = sequence();
      const lengths = lengthsOf();
      const { output } = both.apply(swapBatchAndTime(input), { lengths });
      expectClose(output, swapBatchAndTime(both.applyTimeMajor(input, { lengths }).output), exact);
    });
  });

  it('goes on from a state that was carried by name', () => {
    tf.tidy(() => {
      const input = sequence();
      const whole = plain.applyTimeMajor(input);
      const head = plain.applyTimeMajor(tf.slice(input, 0, 2));
      const record = stateToRecord(head.finalState);
      expect(Object.keys(record)).toEqual(
        ['h', 'c'].map((name) => `layers.0.forward.${name}`).concat(['layers.1.forward.h', 'layers.1.forward.c']),
      );
      const tail = plain.applyTimeMajor(tf.slice(input, 2), {
        initialState: stateFromRecord({ ...record, other: input }),
      });
      expectClose(tf.concat([head.output, tail.output]), whole.output, tolerances.forward);
      expectClose(tail.finalState[1]!.forward.c!, whole.finalState[1]!.forward.c!, tolerances.forward);
    });
  });

  it('names its parameters by layer and direction', () => {
    expect(Object.keys(plain.parameters)).toEqual(
      [0, 1].flatMap((layer) =>
        ['inputKernel', 'recurrentKernel', 'bias'].map((name) => `layers.${layer}.forward.${name}`),
      ),
    );
    expect(Object.keys(both.parameters)).toContain('layers.1.backward.recurrentBias');
    expect(both.parameters['layers.1.forward.inputKernel']!.shape).toEqual([8, 12]);
    const [a, b] = ['forward', 'backward'].map((direction) => both.parameters[`layers.0.${direction}.inputKernel`]!);
    expect(a!.dataSync()).not.toEqual(b!.dataSync());
  });

  it('drops between layers only, with a mask that follows from the key', () => {
    tf.tidy(() => {
      const input = sequence();
      const lower = unroll(plain.layers[0]!.forward, input).output;
      const maskKey = deriveKey(key, 'betweenLayers', 1);
      for (const [locked, drop] of [
        [false, dropout],
        [true, lockedDropout],
      ] as const) {
        const dropped: tf.Tensor3D = drop(lower, { rate: 0.5, key: maskKey });
        const expected = unroll(plain.layers[1]!.forward, dropped).output;
        const actual = plain.applyTimeMajor(input, { dropout: { key, betweenLayers: 0.5, locked } }).output;
        expectClose(actual, expected, exact);
      }
    });
  });

  it('drops in the recurrent product with one mask for each layer and direction', () => {
    tf.tidy(() => {
      const input = sequence();
      const maskKey = deriveKey(key, 'recurrent', 0, 'backward');
      const recurrentDropoutMask = dropoutMask([2, 4], { rate: 0.5, key: maskKey }) as tf.Tensor2D;
      const single = new Stack({
        ...sizes,
        layers: 1,
        bidirectional: true,
        createCell: (options) => new GruCell(options),
      });
      const { finalState } = single.applyTimeMajor(input, { dropout: { key, recurrent: 0.5 } });
      const expected = unroll(single.layers[0]!.backward!, input, { recurrentDropoutMask, reverse: true });
      expectClose(finalState[0]!.backward!.h, expected.finalState.h, exact);
      disposeParameters(single.parameters);
    });
  });

  it('leaves no tensors behind in a training step', () => {
    tf.tidy(() => {
      const input = sequence();
      const lengths = lengthsOf();
      const before = tf.memory().numTensors;
      const { value, grads } = tf.variableGrads(
        () =>
          tf.sum(both.applyTimeMajor(input, { lengths, dropout: { key, betweenLayers: 0.3, recurrent: 0.3 } }).output),
        Object.values(both.parameters),
      );
      tf.dispose([value, ...Object.values(grads)]);
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it('says what is wrong with its layers or its state', () => {
    tf.tidy(() => {
      expect(() => new Stack({ ...sizes, layers: 0, createCell: (options) => new LstmCell(options) })).toThrow(
        'at least 1, got 0',
      );
      expect(() => plain.applyTimeMajor(sequence(), { initialState: [] })).toThrow(
        'one entry for each of 2 layers, got 0',
      );
      expect(() => stateFromRecord({ 'layers.1.forward.h': tf.zeros([2, 4]) })).toThrow(
        'the state of layer 0 is missing',
      );
    });
  });
});
