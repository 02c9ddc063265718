import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GruCell } from '../cells/gru.js';
import { LstmCell } from '../cells/lstm.js';
import type { Cell } from '../cells/cell.js';
import { hasKernel } from '../ops/has-kernel.js';
import { LstmSequence } from '../ops/kernel-names.js';
import { pathCounts } from '../ops/path-counts.js';
import { uniform } from '../tensors/initializers.js';
import { disposeParameters } from '../tensors/parameters.js';
import { randomKey } from '../tensors/random.js';
import { forAll } from '../testing/arbitraries.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { irregular } from '../testing/sequence-problem.js';
import { dilatedUnroll } from './dilated.js';

const weights = uniform(0.8);
const initializers = { inputKernel: weights, recurrentKernel: weights, bias: weights, recurrentBias: weights };
const createLstm = (seed: number): Cell =>
  new LstmCell({ inputSize: 3, hiddenSize: 4, key: randomKey(seed), initializers });

/** Step by step: the state of step t comes from step t − dilation. */
function plainLoop(cell: Cell, input: tf.Tensor3D, dilation: number): tf.Tensor3D {
  const states: ReturnType<Cell['zeroState']>[] = [];
  for (const [t, x] of tf.unstack(tf.concat([input, tf.zerosLike(input)], 0)).entries()) {
    states.push(cell.step(x as tf.Tensor2D, states[t - dilation] ?? cell.zeroState(input.shape[1])));
  }
  return tf.stack(states.slice(0, input.shape[0]).map(({ h }) => h)) as tf.Tensor3D;
}

describe('dilatedUnroll', () => {
  it('is a plain loop over states of d steps ago, forward and backward', () => {
    const cases = fc.record({
      time: fc.integer({ min: 1, max: 9 }),
      batch: fc.integer({ min: 1, max: 4 }),
      dilation: fc.integer({ min: 1, max: 11 }),
      seed: fc.nat(),
    });
    forAll(
      cases,
      ({ time, batch, dilation, seed }) => {
        const cell = createLstm(seed);
        tf.tidy(() => {
          const input = irregular<tf.Rank.R3>([time, batch, 3], seed, 'input');
          const mix = irregular<tf.Rank.R3>([time, batch, 4], seed, 'mix');
          const gradient = (run: (x: tf.Tensor3D) => tf.Tensor3D) =>
            tf.grad((x) => tf.sum(tf.mul(run(x as tf.Tensor3D), mix)))(input);
          expectClose(dilatedUnroll(cell, input, dilation), plainLoop(cell, input, dilation), tolerances.forward);
          const fast = gradient((x) => dilatedUnroll(cell, x, dilation));
          expectClose(
            fast,
            gradient((x) => plainLoop(cell, x, dilation)),
            tolerances.backward,
          );
        });
        disposeParameters(cell.parameters);
      },
      40,
    );
  });

  it('takes the fused kernel where the engine has it, once for all d sequences, and leaves no tensor behind', () => {
    const cell = createLstm(3);
    const input = irregular<tf.Rank.R3>([7, 2, 3], 3, 'input');
    const [before, tensors] = [pathCounts('LstmSequence'), tf.memory().numTensors];
    dilatedUnroll(cell, input, 3).dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    const path = hasKernel(LstmSequence) ? 'fused' : 'steps';
    expect(pathCounts('LstmSequence')[path] - before[path]).toBe(1);
    input.dispose();
    disposeParameters(cell.parameters);
  });

  it('works for a cell without c, and refuses half a step', () => {
    const cell = new GruCell({ inputSize: 3, hiddenSize: 2, key: randomKey(5), initializers });
    tf.tidy(() => {
      const input = irregular<tf.Rank.R3>([5, 2, 3], 5, 'input');
      expectClose(dilatedUnroll(cell, input, 2), plainLoop(cell, input, 2), tolerances.forward);
      expect(() => dilatedUnroll(cell, input, 0.5)).toThrow('a dilation is a whole number of steps');
    });
    disposeParameters(cell.parameters);
  });
});
