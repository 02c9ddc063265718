import type { Cell } from '../cells/cell.js';
import { ConfigError, ShapeError } from '../errors.js';
import type { KernelStepper } from '../ops/kernel-names.js';
import type { Embedding } from './embedding.js';
import type { LayerNorm } from './layer-norm.js';
import type { Head } from './linear.js';
import type { Stack } from './stack.js';

export interface StepperOptions {
  /** rows that are stepped side by side; 1 unless set */
  readonly batchSize?: number | undefined;
  /** inputs are ids, looked up in its table, or `'one-hot'` vectors of ids; without it inputs are vectors */
  readonly embedding?: Embedding | 'one-hot' | undefined;
  /** of the embedded ids */
  readonly embeddingNorm?: LayerNorm | undefined;
  /** of the last layer's output */
  readonly outputNorm?: LayerNorm | undefined;
  /** what turns the last layer's output into logits; without it the hidden vectors themselves come out */
  readonly head?: Head | undefined;
}

/** What is stepped, checked. */
export interface StepperParts extends StepperOptions {
  readonly batchSize: number;
  /** of the stack, from the input on */
  readonly cells: readonly Cell[];
  readonly inputSize: number;
  readonly outputSize: number;
}

/** How all rows move one time step on: by the engine's kernel or by one of the same form. */
export type StepRunner = KernelStepper;

/** @throws {ConfigError} `config/stepper` @throws {ShapeError} `shape/mismatch` for parts that do not fit each other */
export function checkParts(stack: Stack, options: StepperOptions): StepperParts {
  const { batchSize = 1, embedding, head } = options;
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new ConfigError('config/stepper', `batchSize must be a whole number of at least 1, got ${batchSize}`);
  }
  if (stack.layers.some(({ backward }) => backward)) {
    throw new ConfigError(
      'config/stepper',
      'a bidirectional stack cannot be stepped: its output depends on the future',
    );
  }
  const width = embedding === undefined || embedding === 'one-hot' ? stack.inputSize : embedding.embeddingSize;
  requireEqual('embeddingSize', width, stack.inputSize);
  const [inputSize, outputSize] = head ? headSizes(head) : [stack.hiddenSize, stack.hiddenSize];
  requireEqual('the input of the head', inputSize, stack.hiddenSize);
  const cells = stack.layers.map(({ forward }) => forward);
  return { ...options, batchSize, cells, inputSize: stack.inputSize, outputSize };
}

function headSizes({ kernel, transposeKernel }: Head): readonly [number, number] {
  const [rows, columns] = kernel.shape;
  return transposeKernel ? [columns, rows] : [rows, columns];
}

function requireEqual(name: string, size: number, expected: number): void {
  if (size !== expected) throw new ShapeError('shape/mismatch', `${name} must be ${expected}, got ${size}`);
}

/** How many ids there are. @param embedding - of a stepper that takes ids */
export function idCount({ embedding, inputSize }: StepperParts): number {
  return embedding === undefined || embedding === 'one-hot' ? inputSize : embedding.vocabularySize;
}

/** Where each part of each layer's state lies in one row of numbers: h and, of an LSTM, then c, each `[batch, hiddenSize]`. */
export interface StateBlock {
  readonly layer: number;
  readonly name: 'h' | 'c';
  readonly begin: number;
  readonly end: number;
}

export function stateBlocks({ cells, batchSize }: StepperParts): readonly StateBlock[] {
  let begin = 0;
  return cells.flatMap(({ kind, hiddenSize }, layer) =>
    (kind === 'lstm' ? (['h', 'c'] as const) : (['h'] as const)).map((name) => {
      const block = { layer, name, begin, end: begin + batchSize * hiddenSize };
      begin = block.end;
      return block;
    }),
  );
}
