import * as tf from '@tensorflow/tfjs-core';
import { deriveKey, normal, permutation, randomKey, uniform } from '@unroll/core';
import type { BatchSource, LossContext, LossResult, RandomKey, Task } from '@unroll/core';

const vocabularySize = 5;
const hiddenSize = 6;
const batchSize = 3;
const timeSteps = 4;

/** Token ids `[timeSteps + 1][batchSize]`. */
export type TinyBatch = readonly (readonly number[])[];

export interface TinyTaskOptions {
  readonly batchesPerEpoch?: number;
  readonly dropoutRate?: number;
  readonly seed?: number;
  /** poisons the loss of this training batch of the first epoch */
  readonly poison?: { readonly batch: number; readonly value: number };
  readonly withValid?: boolean;
}

/**
 * A real language model in miniature, of plain operators: embedding, simple recurrent cell with carried state and
 * dropout, softmax. It learns to continue sequences in which each token is the sum of the two before it.
 */
export function createTinyTask(options: TinyTaskOptions = {}): Task<TinyBatch> {
  const { batchesPerEpoch = 7, dropoutRate = 0.2, seed = 1, poison, withValid = true } = options;
  const key = randomKey(seed);
  const matrix = (name: string, shape: [number, number]) => {
    const values = normal(deriveKey(key, name), shape[0] * shape[1]).map((value) => 0.4 * value);
    return tf.tidy(() => tf.variable(tf.tensor2d(values, shape)));
  };
  const parameters = {
    'embedding.kernel': matrix('embedding', [vocabularySize, hiddenSize]),
    'cell.recurrentKernel': matrix('recurrent', [hiddenSize, hiddenSize]),
    'cell.bias': tf.tidy(() => tf.variable(tf.zeros([hiddenSize]))),
    'head.kernel': matrix('head', [hiddenSize, vocabularySize]),
  };
  let poisoned: TinyBatch | undefined;
  const train = source('train', batchesPerEpoch, (batch, index) => {
    if (poison && index === poison.batch) poisoned = batch;
  });
  return {
    name: 'tiny',
    parameters,
    train,
    ...(withValid && { valid: source('valid', 2) }),
    loss(batch, context) {
      const result = tinyLoss(parameters, batch, { ...context, dropoutRate });
      return batch === poisoned && context.training ? { ...result, sum: tf.mul(result.sum, poison!.value) } : result;
    },
    lossDivisor: (_, count) => count,
    scores: (lossSum, count) => ({ loss: lossSum / count, count, perplexity: Math.exp(lossSum / count) }),
    bestScore: { name: 'loss', better: 'lower' },
  };
}

export function disposeTask(task: Pick<Task<never>, 'parameters'>): void {
  tf.dispose(Object.values(task.parameters));
}

function source(
  name: string,
  batchesPerEpoch: number,
  onBatch?: (batch: TinyBatch, index: number) => void,
): BatchSource<TinyBatch> {
  return {
    batchesPerEpoch,
    *batches(_epoch, key, from) {
      const order = name === 'train' ? permutation(key, batchesPerEpoch) : undefined;
      for (let index = from; index < batchesPerEpoch; index++) {
        const batch = tinyBatch(deriveKey(randomKey(99), name, order ? order[index]! : index));
        onBatch?.(batch, index);
        yield batch;
      }
    },
  };
}

function tinyBatch(key: RandomKey): TinyBatch {
  const start = Array.from(uniform(key, 2 * batchSize), (value) => Math.floor(value * vocabularySize));
  const rows = [start.slice(0, batchSize), start.slice(batchSize)];
  while (rows.length <= timeSteps) {
    const [a, b] = rows.slice(-2) as [number[], number[]];
    rows.push(a.map((value, i) => (value + b[i]!) % vocabularySize));
  }
  return rows;
}

function tinyLoss(
  parameters: Task<TinyBatch>['parameters'],
  batch: TinyBatch,
  { training, key, state, dropoutRate }: LossContext & { dropoutRate: number },
): LossResult {
  let h = state?.['h'] ?? tf.zeros([batchSize, hiddenSize]);
  let sum = tf.scalar(0);
  for (let time = 0; time < timeSteps; time++) {
    const input = tf.oneHot(tf.tensor1d([...batch[time]!], 'int32'), vocabularySize);
    const embedded = tf.matMul(tf.cast(input, 'float32'), parameters['embedding.kernel']!);
    const recurrent = tf.matMul(h, parameters['cell.recurrentKernel']!);
    h = tf.tanh(tf.add(tf.add(embedded, recurrent), parameters['cell.bias']!));
    const output = training ? tf.mul(h, dropoutMask(deriveKey(key!, time), dropoutRate)) : h;
    const logProbabilities = tf.logSoftmax(tf.matMul(output, parameters['head.kernel']!));
    const targets = tf.oneHot(tf.tensor1d([...batch[time + 1]!], 'int32'), vocabularySize);
    sum = tf.sub(sum, tf.sum(tf.mul(logProbabilities, tf.cast(targets, 'float32'))));
  }
  return { sum, count: timeSteps * batchSize, state: { h } };
}

function dropoutMask(key: RandomKey, rate: number): tf.Tensor {
  const values = uniform(key, batchSize * hiddenSize).map((value) => (value < rate ? 0 : 1 / (1 - rate)));
  return tf.tensor2d(values, [batchSize, hiddenSize]);
}
