import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Embedding } from '../layers/embedding.js';
import { TiedLinear } from '../layers/linear.js';
import { linearCrossEntropy } from '../losses/cross-entropy.js';
import { SumRowsByIndex } from '../ops/kernel-names.js';
import { pathCounts } from '../ops/path-counts.js';
import { denseGradient, hasRows } from '../optimizers/gradient.js';
import { randomKey } from '../tensors/random.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { expectedPath } from '../testing/expected-path.js';
import { irregular } from '../testing/sequence-problem.js';
import { differentiate } from './differentiate.js';

const vocabularySize = 11;
const embeddingSize = 3;

function createParts() {
  const embedding = new Embedding({ vocabularySize, embeddingSize, key: randomKey(1) });
  const context = new Embedding({ vocabularySize: 7, embeddingSize, key: randomKey(2) });
  const head = new TiedLinear({ embedding, key: randomKey(3) });
  return { embedding, context, head, variables: [embedding.table, context.table, head.bias!] as const };
}

const ids = (values: number[], columns = 1) => tf.tensor(values, [values.length / columns, columns], 'int32');

/** Two lookups of one table and one of another, joined so that no gradient is constant. */
function lookupLoss({ embedding, context }: ReturnType<typeof createParts>): tf.Scalar {
  const first = embedding.apply(ids([4, 0, 4, 9], 2));
  const second = embedding.apply(ids([9, 2, 9, 4], 2));
  const third = context.apply(ids([6, 6, 1, 6], 2));
  const weights = irregular([2, 2, embeddingSize], 1, 'weights');
  return tf.sum(tf.mul(tf.mul(first, tf.tanh(second)), tf.add(weights, tf.square(third))));
}

/** The same vectors through a head that is the first table. */
function tiedLoss(parts: ReturnType<typeof createParts>): tf.Scalar {
  const { kernel, bias, transposeKernel } = parts.head;
  const hidden = parts.embedding.apply(tf.tensor1d([4, 0, 4], 'int32')) as tf.Tensor2D;
  const targets = tf.tensor1d([10, 4, 0], 'int32');
  return linearCrossEntropy({ hidden, kernel, bias, targets }, { transposeKernel }).sum;
}

/** What differentiate gives beside tfjs' own dense gradients of the same function. */
function compare(compute: () => tf.Scalar, variables: readonly tf.Variable[]) {
  const expected = tf.engine().gradients(compute, [...variables], undefined, true);
  const { value, gradients } = differentiate(compute, variables);
  expectClose(value, expected.value, tolerances.forward);
  gradients.forEach((gradient, i) => {
    const dense = gradient && denseGradient(gradient, variables[i]!.shape);
    expect(dense === undefined).toBe(expected.grads[i] === undefined);
    if (dense) expectClose(dense, expected.grads[i]!, { ...tolerances.backward, name: `variable ${i}` });
  });
  return gradients;
}

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

describe('differentiate', () => {
  it('gives a table the gradient of the rows that were looked up, however often', () => {
    const parts = createParts();
    const before = pathCounts(SumRowsByIndex);
    const [table, context, bias] = compare(() => lookupLoss(parts), parts.variables);
    expect(hasRows(table!) && [...table.rows.dataSync()]).toEqual([0, 2, 4, 9]);
    expect(hasRows(context!) && [...context.rows.dataSync()]).toEqual([1, 6]);
    expect(bias).toBeUndefined();
    const path = expectedPath(SumRowsByIndex);
    expect(pathCounts(SumRowsByIndex)[path] - before[path]).toBe(2);
  });

  it('adds the rows to the dense gradient of a table that is used as a whole, too', () => {
    const parts = createParts();
    const [table, context] = compare(() => tiedLoss(parts), parts.variables);
    expect(hasRows(table!)).toBe(false);
    expect(context).toBeUndefined();
  });

  it('leaves a lookup that the result does not depend on without gradient', () => {
    const parts = createParts();
    const compute = () => {
      parts.embedding.apply(ids([1, 2, 3]));
      return tf.sum<tf.Scalar>(parts.context.apply(ids([5])));
    };
    const [table, context] = compare(compute, parts.variables);
    expect(table).toBeUndefined();
    expect(hasRows(context!) && [...context.rows.dataSync()]).toEqual([5]);
  });

  it('leaves gradients inside of the function to tfjs', () => {
    const parts = createParts();
    const { table } = parts.embedding;
    const penalised = () => {
      // The gradient of the squared rows is known, and enters the loss as a constant.
      const inner = tf.engine().gradients(() => tf.sum(tf.square(parts.embedding.apply(ids([2])))), [table]);
      return tf.add<tf.Scalar>(lookupLoss(parts), tf.sum(inner.grads[0]!).dataSync()[0]!);
    };
    const { value, gradients } = differentiate(penalised, [table]);
    const plain = differentiate(() => lookupLoss(parts), [table]);
    const row = tf.slice(table, [2, 0], [1, -1]);
    expectClose(value, tf.add(plain.value, tf.mul(2, tf.sum(row))), tolerances.forward);
    expect(hasRows(gradients[0]!)).toBe(true);
  });

  it('frees all but what it returns', () => {
    const parts = createParts();
    const before = tf.memory().numTensors;
    const { value, gradients } = tf.tidy(() => {
      const { value, gradients } = differentiate(() => lookupLoss(parts), parts.variables);
      const [table, context] = gradients.map((gradient) => (gradient && hasRows(gradient) ? { ...gradient } : {}));
      return { value, gradients: { table, context } };
    }) as { value: tf.Scalar; gradients: tf.TensorContainerObject };
    expect(tf.memory().numTensors).toBe(before + 5);
    tf.dispose([value, gradients]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
