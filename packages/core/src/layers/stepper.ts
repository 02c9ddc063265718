import { BackendError, ShapeError } from '../errors.js';
import { StackStepper } from '../ops/kernel-names.js';
import { countPath, type Path } from '../ops/path-counts.js';
import { fusedSteps } from './fused-steps.js';
import { readableSteps } from './readable-steps.js';
import type { StackState } from './stack-state.js';
import type { Stack } from './stack.js';
import {
  checkParts,
  idCount,
  stateBlocks,
  type StateBlock,
  type StepperOptions,
  type StepperParts,
  type StepRunner,
} from './stepper-parts.js';

/**
 * A recurrent stack that takes one time step at a time, for few sequences: generation, decoding, forecasting. Weights
 * are prepared once, and a step makes no tensors.
 *
 * A state is `[layers, h and c of an LSTM else h, batch, hiddenSize]` in one Float32Array.
 */
export class Stepper {
  readonly batchSize: number;
  /** width of one row of dense input, 1 where inputs are ids */
  readonly inputSize: number;
  /** width of one row of output: of the head's logits, or of the hidden vector */
  readonly outputSize: number;
  readonly #path: Path;
  readonly #blocks: readonly StateBlock[];
  readonly #idCount: number;
  readonly #input: Int32Array | Float32Array;
  readonly #state: Float32Array;
  readonly #output: Float32Array;
  #runner: StepRunner | undefined;

  /** Use `createStepper`. */
  constructor(parts: StepperParts, runner: StepRunner, path: Path) {
    const takesIds = parts.embedding !== undefined;
    this.batchSize = parts.batchSize;
    this.inputSize = takesIds ? 1 : parts.inputSize;
    this.outputSize = parts.outputSize;
    this.#path = path;
    this.#blocks = stateBlocks(parts);
    this.#idCount = takesIds ? idCount(parts) : 0;
    this.#input = takesIds ? new Int32Array(this.batchSize) : new Float32Array(this.batchSize * this.inputSize);
    this.#state = new Float32Array(this.#blocks.at(-1)!.end);
    this.#output = new Float32Array(this.batchSize * this.outputSize);
    this.#runner = runner;
  }

  /**
   * One time step of every row.
   *
   * @param input - `[batch]` ids, or `[batch, inputSize]` numbers
   * @returns `[batch, outputSize]`, the logits or hidden vectors: the stepper's own memory, valid until the next step
   * @throws {ShapeError} `shape/mismatch` for another length, `shape/range` for an id that is none
   * @throws {BackendError} `backend/disposed`
   */
  step(input: ArrayLike<number>): Float32Array {
    this.#run(input, this.#output);
    return this.#output;
  }

  /** The same without output, for inputs whose answer nobody needs: all but the last token of a prompt. */
  advance(input: ArrayLike<number>): void {
    this.#run(input);
  }

  /** A copy of the state of all rows. */
  saveState(): Float32Array {
    return this.#state.slice();
  }

  /** @param state - of `saveState`, of this stepper or one like it @throws {ShapeError} `shape/mismatch` */
  restoreState(state: Float32Array): void {
    requireLength('state', state.length, this.#state.length);
    this.#state.set(state);
  }

  /** Takes over what a stack carried to the end of a sequence. @throws {ShapeError} `shape/mismatch` */
  loadState(state: StackState): void {
    for (const { layer, name, begin, end } of this.#blocks) {
      const tensor = state[layer]?.forward[name];
      requireLength(`layers.${layer}.${name}`, tensor?.size ?? 0, end - begin);
      this.#state.set(tensor!.dataSync<'float32'>(), begin);
    }
  }

  /** Row b becomes what row `rows[b]` was: the survivors of a beam. @param rows - `[batch]` */
  selectRows(rows: ArrayLike<number>): void {
    requireLength('rows', rows.length, this.batchSize);
    requireIndices('rows', rows, this.batchSize);
    const before = this.#state.slice();
    for (const { begin, end } of this.#blocks) {
      const width = (end - begin) / this.batchSize;
      for (let b = 0; b < this.batchSize; b++) {
        const from = begin + rows[b]! * width;
        this.#state.set(before.subarray(from, from + width), begin + b * width);
      }
    }
  }

  /** Back to the state before the first step: zeros. */
  reset(): void {
    this.#state.fill(0);
  }

  /** Frees the prepared weights. */
  dispose(): void {
    this.#runner?.dispose();
    this.#runner = undefined;
  }

  #run(input: ArrayLike<number>, output?: Float32Array): void {
    if (!this.#runner) throw new BackendError('backend/disposed', 'this stepper is disposed; create another one');
    requireLength('input', input.length, this.#input.length);
    if (this.#idCount > 0) requireIndices('input', input, this.#idCount);
    this.#input.set(input);
    this.#runner.run(this.#input, this.#state, output);
    countPath(StackStepper, this.#path);
  }
}

/**
 * Prepares a stack for single steps, starting from zeros; with an `embedding` it takes ids, with a `head` it gives
 * logits. Fused in one kernel where the current engine has it, otherwise by the cells' own `step`; both give the same
 * numbers. The caller disposes it.
 *
 * The weights are those of this moment: create another stepper after they have changed.
 *
 * @throws {ConfigError} `config/stepper` for a bidirectional stack or a batch size that is none
 * @throws {ShapeError} `shape/mismatch` for parts that do not fit each other
 */
export function createStepper(stack: Stack, options: StepperOptions = {}): Stepper {
  const parts = checkParts(stack, options);
  const fused = fusedSteps(parts);
  return fused ? new Stepper(parts, fused, 'fused') : new Stepper(parts, readableSteps(parts), 'steps');
}

function requireLength(name: string, length: number, expected: number): void {
  if (length !== expected)
    throw new ShapeError('shape/mismatch', `${name} must hold ${expected} numbers, got ${length}`);
}

function requireIndices(name: string, values: ArrayLike<number>, count: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(Number.isInteger(value) && value >= 0 && value < count))
      throw new ShapeError('shape/range', `${name}[${i}] must be a whole number from 0 to ${count - 1}, got ${value}`);
  }
}
