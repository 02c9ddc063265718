import { TrainingError } from '../errors.js';
import { addGradients, disposeGradient, type Gradient } from '../optimizers/gradient.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { RandomKey } from '../tensors/random.js';
import { deriveKey } from '../tensors/random.js';
import { disposeState, keepState } from './carried-state.js';
import { differentiate } from './differentiate.js';
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
  const variables = Object.values(task.parameters);
  let gradients: readonly (Gradient | undefined)[] = variables.map(() => undefined);
  const total = { lossSum: 0, count: 0, divisor: 0 };
  try {
    for (const [index, batch] of batches.entries()) {
      const context = { training: true, key: deriveKey(key, index), ...(state && { state }) };
      const part = lossGradients(task, batch, context);
      disposeState(state);
      ({ state } = part);
      gradients = variables.map(({ shape }, i) => {
        const [sum, addend] = [gradients[i], part.gradients[i]];
        return sum && addend ? addGradients(sum, addend, shape) : (sum ?? addend);
      });
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
    gradients.forEach((gradient) => gradient && disposeGradient(gradient));
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
  const { value, gradients } = differentiate(lossSum, Object.values(task.parameters));
  const sum = value.dataSync()[0]!;
  value.dispose();
  return { lossSum: sum, count, state, gradients };
}

function checkFinite(what: string, value: number, step: number): void {
  if (Number.isFinite(value)) return;
  throw new TrainingError(
    'training/not-finite',
    `the ${what} became ${value} in step ${step}; nothing of this step was applied. ` +
      'Lower the learning rate, clip gradients (training.clipNorm), or check the data',
  );
}
