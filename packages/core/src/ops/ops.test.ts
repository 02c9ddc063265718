import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { isUnrollError } from '../errors.js';
import { irregular } from '../testing/sequence-problem.js';
import { expectedPath } from '../testing/expected-path.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { gatherRows } from './gather-rows.js';
import { gruSequence } from './gru-sequence.js';
import { GruSequence, LstmSequence, RnnSequence } from './kernel-names.js';
import { lstmSequence } from './lstm-sequence.js';
import { rnnSequence } from './rnn-sequence.js';

const operations = [
  { kernel: RnnSequence, gates: 1, run: (t: Tensors) => rnnSequence(t, { reverse: false, activation: 'tanh' }) },
  { kernel: LstmSequence, gates: 4, run: (t: Tensors) => lstmSequence(t, { reverse: false }) },
  { kernel: GruSequence, gates: 3, run: (t: Tensors) => gruSequence(t, { reverse: false }) },
] as const;

type Tensors = ReturnType<typeof tensors>;

function tensors(gates: number) {
  return {
    input: irregular<tf.Rank.R3>([3, 2, 5], 1, 'input'),
    inputKernel: irregular<tf.Rank.R2>([5, gates * 4], 1, 'inputKernel'),
    recurrentKernel: irregular<tf.Rank.R2>([4, gates * 4], 1, 'recurrentKernel'),
    bias: irregular<tf.Rank.R1>([gates * 4], 1, 'bias'),
    recurrentBias: irregular<tf.Rank.R1>([gates * 4], 1, 'recurrentBias'),
    initialH: irregular<tf.Rank.R2>([2, 4], 1, 'initialH'),
    initialC: irregular<tf.Rank.R2>([2, 4], 1, 'initialC'),
  };
}

describe.each(operations)('$kernel', ({ kernel, gates, run }) => {
  it('runs where the engine has the kernel, and elsewhere says that it has not', () => {
    const outcome = () => {
      try {
        return tf.tidy(() => run(tensors(gates)).output.shape.join());
      } catch (error) {
        return isUnrollError(error) ? error.message : error;
      }
    };
    const message = `unroll: the "cpu" engine has no kernel ${kernel}; ask hasKernel('${kernel}') first, or choose the native engine`;
    expect(outcome()).toEqual(expectedPath(kernel) === 'fused' ? '3,2,4' : message);
  });

  it('makes the gradient of its input only where somebody asks for it', async ({ skip }) => {
    skip(expectedPath(kernel) === 'steps', 'the plain JavaScript engine has no fused kernel');
    const given = tensors(gates);
    const weights = irregular([3, 2, 4], 1, 'weights');
    const loss = () => tf.sum<tf.Scalar>(tf.mul(run(given).output, weights));
    /** The gradients, and how many tensors their kernel made. */
    const gradients = async (of: readonly (keyof Tensors)[]) => {
      const sources = of.map((name) => given[name]);
      const { kernels, result } = await tf.profile(() => tf.engine().gradients(loss, sources).grads);
      const { outputShapes } = kernels.find(({ name }) => name === `${kernel}Grad`)!;
      return { results: result as tf.Tensor[], made: outputShapes.length };
    };
    const all = await gradients(['input', 'inputKernel', 'bias']);
    const some = await gradients(['inputKernel', 'bias']);
    expect(some.made).toBe(all.made - 1);
    some.results.forEach((actual, i) => expect(actual.dataSync()).toEqual(all.results[i + 1]!.dataSync()));
    tf.dispose([given, weights, all.results, some.results]);
  });
});

describe('gatherRows', () => {
  it('has the gradient of gather, for a small table with many repeats and for a large one', () => {
    for (const [rows, picked] of [
      [3, 50],
      [2000, 7],
    ] as const) {
      tf.tidy(() => {
        const table = irregular<tf.Rank.R2>([rows, 6], 1, 'table');
        const ids = tf.tensor2d(
          Array.from({ length: picked }, (_, i) => (i * i * 31) % rows),
          [picked, 1],
          'int32',
        );
        const weights = irregular<tf.Rank.R3>([picked, 1, 6], 1, 'weights');
        const loss = (gather: (t: tf.Tensor2D, i: tf.Tensor) => tf.Tensor) => (t: tf.Tensor) =>
          tf.sum(tf.mul(tf.square(gather(t as tf.Tensor2D, ids)), weights));
        const actual = tf.valueAndGrad(loss(gatherRows))(table);
        const expected = tf.valueAndGrad(loss((t, i) => tf.gather(t, i)))(table);
        expectClose(actual.value, expected.value, tolerances.forward);
        expectClose(actual.grad, expected.grad, tolerances.backward);
      });
    }
  });
});
