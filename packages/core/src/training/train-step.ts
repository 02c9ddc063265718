import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { RandomKey } from '../tensors/random.js';
import { deriveKey } from '../tensors/random.js';
import { batchGradients, disposeGradients, sumGradients, type Gradients } from './batch-gradients.js';
import { assignBuffers, keepBuffers } from './buffers.js';
import { disposeState } from './carried-state.js';
import type { CarriedState, Task } from './task.js';

export interface TrainStepOptions {
  /** 1 for the first update */
  readonly step: number;
  readonly learningRate: number;
  /** of this step; each batch of it derives its own */
  readonly key: RandomKey;
  /** a batch that would keep more for its backward pass is walked in pieces; 0 = never */
  readonly activationBytes: number;
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
  const { step, learningRate, key, activationBytes } = options;
  let { state } = options;
  let gradients: Gradients = [];
  const before = keepBuffers(task.buffers);
  const total = { lossSum: 0, count: 0, divisor: 0 };
  try {
    for (const [index, batch] of batches.entries()) {
      const context = { training: true, key: deriveKey(key, index), ...(state && { state }) };
      const part = batchGradients(task, batch, { ...context, activationBytes });
      disposeState(state);
      ({ state } = part);
      gradients = sumGradients(task, gradients, part.gradients);
      assignBuffers(task, part.buffers);
      tf.dispose(part.buffers);
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
    assignBuffers(task, before);
    throw error;
  } finally {
    disposeGradients(gradients);
    tf.dispose(before);
  }
}

function checkFinite(what: string, value: number, step: number): void {
  if (Number.isFinite(value)) return;
  throw new TrainingError(
    'training/not-finite',
    `the ${what} became ${value} in step ${step}; nothing of this step was applied. ` +
      'Lower the learning rate, clip gradients (training.clipNorm), or check the data',
  );
}
