import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../errors.js';
import type { NamedArray, NamedArrays } from '../safetensors.js';
import type { Parameters } from '../tensors/parameters.js';
import type { Patience } from './early-stopping.js';

/** Where training stands, as JSON. With the tensors of a checkpoint, configuration and key it determines all that follows. */
export interface TrainingProgress {
  /** updates done */
  step: number;
  /** the epoch of the next batch, from 0 */
  epoch: number;
  /** index of the next batch in its epoch */
  batch: number;
  /** summed over the epoch so far */
  epochLoss: { sum: number; count: number };
  /** the step that was scored last; 0 = none yet */
  evaluatedStep: number;
  /** the best score so far and the step it was reached at */
  best: { score: number; step: number } | null;
  earlyStopping: Patience;
  plateau: Patience & { reductions: number };
}

/** All that a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  readonly progress: TrainingProgress;
  /** and buffers */
  readonly parameters: NamedArrays;
  /** the moments that the optimizer keeps, `<parameter>/<slot>` */
  readonly optimizer: NamedArrays;
  /** the state carried to the next batch; empty at the start of an epoch */
  readonly state: NamedArrays;
}

/** Where a trainer leaves its checkpoints; `openRunDirectory` of `@unroll/core/node` gives one on disk. */
export interface CheckpointStore {
  /**
   * Keeps a checkpoint, all of it or nothing, and forgets old ones: the newest `keep` stay, and that of the best score.
   *
   * @returns where it is, for messages
   */
  saveCheckpoint(checkpoint: Checkpoint, keep: number): Promise<string>;
  /** Keeps the weights to use from now on: those of the best score, or the newest while there is no score. */
  saveModel(parameters: NamedArrays): Promise<void>;
}

export function initialProgress(): TrainingProgress {
  return {
    step: 0,
    epoch: 0,
    batch: 0,
    epochLoss: { sum: 0, count: 0 },
    evaluatedStep: 0,
    best: null,
    earlyStopping: { best: null, evaluationsWithoutImprovement: 0 },
    plateau: { best: null, evaluationsWithoutImprovement: 0, reductions: 0 },
  };
}

/** Copies of the tensors' values, in the order of their names as given. */
export function toNamedArrays(tensors: Readonly<Record<string, tf.Tensor>>): NamedArrays {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, toNamedArray(tensor)]));
}

function toNamedArray(tensor: tf.Tensor): NamedArray {
  const { dtype, shape } = tensor;
  // An engine may hand out its own memory, which the next update overwrites.
  return { dtype, shape, values: tensor.dataSync().slice() } as NamedArray;
}

/** New tensors, by name; the caller owns them. */
export function toTensors(arrays: NamedArrays): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, toTensor(array)]));
}

function toTensor({ dtype, shape, values }: NamedArray): tf.Tensor {
  return tf.tensor(values.slice(), [...shape], dtype);
}

/**
 * Gives every variable its saved values.
 *
 * @throws {CheckpointError} `checkpoint/mismatch` if names or shapes differ; then no variable was changed
 */
export function assignArrays(variables: Parameters, arrays: NamedArrays): void {
  checkArrays(variables, arrays, 'parameter');
  tf.tidy(() => Object.entries(variables).forEach(([name, variable]) => variable.assign(toTensor(arrays[name]!))));
}

/**
 * Do saved arrays fit variables, name by name?
 *
 * @param what - for messages: `parameter`, `optimizer moment`
 * @throws {CheckpointError} `checkpoint/mismatch`
 */
export function checkArrays(variables: Parameters, arrays: NamedArrays, what: string): void {
  for (const [name, { shape }] of Object.entries(variables)) {
    const array = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
    if (!array) throw mismatch(`it lacks the ${what} "${name}"`);
    if (array.dtype !== 'float32' || array.shape.join() !== shape.join()) {
      const got = `${array.dtype} [${array.shape.join(', ')}]`;
      throw mismatch(`${what} "${name}" must be float32 [${shape.join(', ')}], got ${got}`);
    }
  }
  const extra = Object.keys(arrays).find((name) => !Object.hasOwn(variables, name));
  if (extra !== undefined) throw mismatch(`it holds the ${what} "${extra}", which is not used here`);
}

function mismatch(problem: string): CheckpointError {
  return new CheckpointError('checkpoint/mismatch', `the saved model does not fit: ${problem}`);
}
