import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { RandomKey } from '../tensors/random.js';
import { deriveKey } from '../tensors/random.js';
import { disposeState, keepState } from './carried-state.js';
import type { CarriedState, Task } from './task.js';

export interface TrainStepOptions {
  /** 1 for the first update */
  readonly step: number;
  readonly learningRate: number;
  /** of this step; each batch of it derives its own */
  readonly key: RandomKey;
  /** carried from the batch before; the step disposes it */
  readonly state: CarriedState | undefined;
}

export interface TrainStepResult {
  readonly lossSum: number;
  readonly count: number;
  readonly gradientNorm: number;
  /** for the next batch; the caller owns it */
  readonly state: CarriedState | undefined;
}

/**
 * One update: loss and gradients of each batch, summed over the batches, divided by their loss divisors' sum, clipped
 * and applied.
 *
 * @throws {TrainingError} `training/not-finite` if a loss or the gradient is NaN or infinite; nothing was changed
 */
export function trainStep<Batch>(
  task: Task<Batch>,
  optimizer: Optimizer,
  { batches, ...options }: TrainStepOptions & { readonly batches: readonly Batch[] },
): TrainStepResult {
  const { step, learningRate, key } = options;
  let { state } = options;
  let gradients: readonly (tf.Tensor | undefined)[] = [];
  const total = { lossSum: 0, count: 0, divisor: 0 };
  try {
    for (const [index, batch] of batches.entries()) {
      const context = { training: true, key: deriveKey(key, index), ...(state && { state }) };
      const part = lossGradients(task, batch, context);
      disposeState(state);
      ({ state } = part);
      gradients = addGradients(gradients, part.gradients);
      checkFinite('loss', part.lossSum, step);
      total.lossSum += part.lossSum;
      total.count += part.count;
      total.divisor += task.lossDivisor(batch, part.count);
    }
    const update = { step, learningRate, gradientScale: 1 / total.divisor };
    const { gradientNorm } = optimizer.apply(gradients, update);
    checkFinite('gradient', gradientNorm, step);
    return { lossSum: total.lossSum, count: total.count, gradientNorm, state };
  } catch (error) {
    disposeState(state);
    throw error;
  } finally {
    gradients.forEach((gradient) => gradient?.dispose());
  }
}

/** The gradients of the loss sum of one batch; the caller owns them and the state. */
function lossGradients<Batch>(task: Task<Batch>, batch: Batch, context: Parameters<Task<Batch>['loss']>[1]) {
  let state: CarriedState | undefined;
  let count = 0;
  const lossSum = () => {
    const loss = task.loss(batch, context);
    ({ count } = loss);
    state = keepState(loss.state);
    return loss.sum;
  };
  const variables = Object.values(task.parameters);
  // The engine's own call under tf.variableGrads: gradients by position, and none for a variable that was not used.
  const { value, grads } = tf.engine().gradients(lossSum, variables, undefined, true);
  const sum = value.dataSync()[0]!;
  value.dispose();
  return { lossSum: sum, count, state, gradients: grads as readonly (tf.Tensor | undefined)[] };
}

/** Adds position by position and disposes the addends. */
function addGradients(sums: readonly (tf.Tensor | undefined)[], addends: readonly (tf.Tensor | undefined)[]) {
  if (sums.length === 0) return addends;
  return addends.map((addend, i) => {
    const sum = sums[i];
    if (!sum || !addend) return sum ?? addend;
    const next = tf.add(sum, addend);
    tf.dispose([sum, addend]);
    return next;
  });
}

function checkFinite(what: string, value: number, step: number): void {
  if (Number.isFinite(value)) return;
  throw new TrainingError(
    'training/not-finite',
    `the ${what} became ${value} in step ${step}; nothing of this step was applied. ` +
      'Lower the learning rate, clip gradients (training.clipNorm), or check the data',
  );
}
