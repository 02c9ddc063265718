import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../cells/cell.js';
import { ElmanCell } from '../cells/elman.js';
import { GruCell } from '../cells/gru.js';
import { LstmCell } from '../cells/lstm.js';
import { hasKernel } from '../ops/has-kernel.js';
import { StackStepper } from '../ops/kernel-names.js';
import { pathCounts } from '../ops/path-counts.js';
import { uniform } from '../tensors/initializers.js';
import { disposeParameters } from '../tensors/parameters.js';
import { deriveKey, randomKey, uniform as uniformNumbers } from '../tensors/random.js';
import { forAll } from '../testing/arbitraries.js';
import { expectClose, tolerances } from '../testing/expect-close.js';
import { Embedding } from './embedding.js';
import { LayerNorm } from './layer-norm.js';
import { Linear, TiedLinear, type Head } from './linear.js';
import { readableSteps } from './readable-steps.js';
import { Stack } from './stack.js';
import { createStepper, Stepper } from './stepper.js';
import { checkParts, type StepperOptions } from './stepper-parts.js';

const cells = ['lstm', 'gru', 'elman-tanh', 'elman-relu'] as const;

interface Case {
  readonly cell: (typeof cells)[number];
  readonly layers: number;
  readonly batchSize: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly input: 'dense' | 'ids' | 'one-hot';
  readonly head: 'none' | 'linear' | 'without bias' | 'tied';
  readonly steps: number;
  readonly seed: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  cell: fc.constantFrom(...cells),
  layers: fc.integer({ min: 1, max: 3 }),
  batchSize: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(1, 9, 17)),
  inputSize: fc.integer({ min: 1, max: 9 }),
  hiddenSize: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(16, 17, 33, 70)),
  input: fc.constantFrom('dense', 'ids', 'one-hot'),
  head: fc.constantFrom('none', 'linear', 'without bias', 'tied'),
  steps: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
});

const plainCase: Case = {
  cell: 'lstm',
  layers: 2,
  batchSize: 3,
  inputSize: 4,
  hiddenSize: 7,
  input: 'ids',
  head: 'linear',
  steps: 3,
  seed: 5,
};

function createCell(
  kind: Case['cell'],
  options: { inputSize: number; hiddenSize: number; key: [number, number] },
): Cell {
  // as in practice, smaller weights in larger cells: otherwise a simple network is chaotic and magnifies rounding
  const weights = uniform(Math.min(0.8, 1.6 / Math.sqrt(options.hiddenSize)));
  const initializers = { inputKernel: weights, recurrentKernel: weights, bias: weights, recurrentBias: weights };
  if (kind === 'lstm') return new LstmCell({ ...options, initializers });
  if (kind === 'gru') return new GruCell({ ...options, initializers });
  return new ElmanCell({ ...options, initializers, activation: kind === 'elman-tanh' ? 'tanh' : 'relu' });
}

const vocabularySize = 11;

interface Model {
  readonly stack: Stack;
  readonly options: StepperOptions;
  readonly embedding: Embedding;
  /** steps of inputs */
  readonly inputs: readonly Float32Array[];
}

/** A model of a case, freed after `check`. */
function withModel(sizes: Case, check: (model: Model) => void): void {
  const { cell, layers, batchSize, hiddenSize, input, head, seed } = sizes;
  const key = randomKey(seed);
  // a tied head is as wide as the embedding; one-hot inputs are as wide as the vocabulary
  const embeddingSize = head === 'tied' ? hiddenSize : sizes.inputSize;
  const inputSize = input === 'one-hot' ? vocabularySize : embeddingSize;
  const stack = new Stack({
    inputSize,
    hiddenSize,
    layers,
    key,
    createCell: (options) => createCell(cell, { ...options, key: [...options.key] }),
  });
  const embedding = new Embedding({ vocabularySize, embeddingSize, key, initializer: uniform(1) });
  const heads: Record<Case['head'], (() => Head & { parameters: object }) | undefined> = {
    none: undefined,
    linear: () => new Linear({ inputSize: hiddenSize, outputSize: 21, key, biasInitializer: uniform(0.5) }),
    'without bias': () => new Linear({ inputSize: hiddenSize, outputSize: 66, key, biasInitializer: 'none' }),
    tied: () => new TiedLinear({ embedding, key, biasInitializer: uniform(0.5) }),
  };
  const chosen = heads[head]?.();
  const width = input === 'dense' ? inputSize : 1;
  const inputs = Array.from({ length: sizes.steps }, (_, t) =>
    uniformNumbers(deriveKey(key, 'input', t), batchSize * width).map((u) =>
      input === 'dense' ? 2 * u - 1 : Math.floor(u * vocabularySize),
    ),
  );
  const options: StepperOptions = {
    batchSize,
    ...(input !== 'dense' && { embedding: input === 'ids' ? embedding : 'one-hot' }),
    head: chosen,
  };
  try {
    check({ stack, options, embedding, inputs });
  } finally {
    disposeParameters({ ...stack.parameters, ...embedding.parameters, ...chosen?.parameters });
  }
}

function readable(stack: Stack, options: StepperOptions): Stepper {
  const parts = checkParts(stack, options);
  return new Stepper(parts, readableSteps(parts), 'steps');
}

/** Rows of different places in a batch may be summed in another order. */
const expectRow = (actual: Float32Array, expected: Float32Array) =>
  expectClose(row(actual), row(expected), tolerances.forward);

const row = (values: ArrayLike<number>) => ({ shape: [values.length], values });

/** Outputs of all steps, and the state after them. */
function walk(stepper: Stepper, inputs: readonly Float32Array[]) {
  const outputs = inputs.map((input) => stepper.step(input).slice());
  const state = stepper.saveState();
  stepper.dispose();
  return { outputs, state };
}

describe('Stepper', () => {
  it('gives what its readable path gives: every cell, input and head, and says which path ran', () => {
    const fused = hasKernel(StackStepper) ? 'fused' : 'steps';
    forAll(cases, (sizes) => {
      withModel(sizes, ({ stack, options, inputs }) => {
        const before = pathCounts(StackStepper);
        const actual = walk(createStepper(stack, options), inputs);
        expect(pathCounts(StackStepper)[fused]).toBe(before[fused] + inputs.length);
        const expected = walk(readable(stack, options), inputs);
        actual.outputs.forEach((output, t) =>
          expectClose(row(output), row(expected.outputs[t]!), { ...tolerances.forward, name: `output ${t}` }),
        );
        expectClose(row(actual.state), row(expected.state), { ...tolerances.forward, name: 'state' });
      });
    });
  });

  it.each(cells)('%s: a state from a sequence goes on as the sequence does', (cell) => {
    withModel({ ...plainCase, cell, input: 'dense', head: 'none', steps: 6, hiddenSize: 40 }, (model) => {
      const { stack, options, inputs } = model;
      const stepper = createStepper(stack, options);
      tf.tidy(() => {
        const steps = inputs.map((input) => tf.tensor2d(input, [plainCase.batchSize, plainCase.inputSize]));
        const { output } = stack.applyTimeMajor(tf.stack(steps) as tf.Tensor3D);
        stepper.loadState(stack.applyTimeMajor(tf.stack(steps.slice(0, 3)) as tf.Tensor3D).finalState);
        for (const t of [3, 4, 5]) {
          const expected = tf.reshape(tf.slice(output, [t, 0, 0], [1, -1, -1]), [-1]);
          expectClose(row(stepper.step(inputs[t]!)), expected, { ...tolerances.forward, name: `step ${t}` });
        }
      });
      stepper.dispose();
    });
  });

  it('applies norms of the embedding and of the output', () => {
    withModel(plainCase, ({ stack, options, embedding, inputs }) => {
      const norms = { embeddingNorm: new LayerNorm({ size: 4 }), outputNorm: new LayerNorm({ size: 7 }) };
      norms.outputNorm.parameters.scale.assign(tf.tensor1d([1, 2, 3, 4, 5, 6, 7]));
      const actual = walk(createStepper(stack, { ...options, ...norms }), inputs.slice(0, 1));
      tf.tidy(() => {
        const vectors = norms.embeddingNorm.apply(embedding.apply(tf.tensor2d(inputs[0]!, [1, 3], 'int32')));
        const { output } = stack.applyTimeMajor(vectors as tf.Tensor3D);
        expectClose(row(actual.outputs[0]!), tf.reshape(options.head!.apply(norms.outputNorm.apply(output)), [-1]), {
          ...tolerances.forward,
        });
      });
      disposeParameters({ ...norms.embeddingNorm.parameters });
      disposeParameters({ ...norms.outputNorm.parameters });
    });
  });

  it('goes on from a saved state, from any row of it, and from zeros', () => {
    withModel({ ...plainCase, steps: 3 }, ({ stack, options, inputs }) => {
      const stepper = createStepper(stack, options);
      const first = stepper.step(inputs[0]!).slice();
      const saved = stepper.saveState();
      const second = stepper.step(inputs[1]!).slice();
      stepper.advance(inputs[2]!);
      stepper.restoreState(saved);
      expect(stepper.step(inputs[1]!)).toEqual(second);
      stepper.restoreState(saved);
      stepper.selectRows([2, 0, 0]);
      const swapped = stepper.step([inputs[1]![2]!, inputs[1]![0]!, inputs[1]![0]!]);
      const width = stepper.outputSize;
      expectRow(swapped.subarray(0, width), second.subarray(2 * width));
      expectRow(swapped.subarray(width, 2 * width), second.subarray(0, width));
      expectRow(swapped.subarray(2 * width), second.subarray(0, width));
      stepper.reset();
      expect(stepper.step(inputs[0]!)).toEqual(first);
      stepper.dispose();
    });
  });

  it('advances the state alone as a step does', () => {
    withModel(plainCase, ({ stack, options, inputs }) => {
      const [advanced, stepped] = [createStepper(stack, options), createStepper(stack, options)];
      for (const input of inputs) {
        advanced.advance(input);
        stepped.step(input);
      }
      expect(advanced.saveState()).toEqual(stepped.saveState());
      advanced.dispose();
      stepped.dispose();
    });
  });

  it('keeps what is not a number to its own row', () => {
    withModel({ ...plainCase, input: 'dense', hiddenSize: 33 }, ({ stack, options, inputs }) => {
      const stepper = createStepper(stack, options);
      const clean = stepper.step(inputs[0]!).slice();
      stepper.reset();
      const broken = inputs[0]!.slice();
      broken[plainCase.inputSize] = Number.NaN;
      const output = stepper.step(broken);
      const width = stepper.outputSize;
      expect(output.subarray(width, 2 * width).every(Number.isNaN)).toBe(true);
      expect(output.subarray(0, width)).toEqual(clean.subarray(0, width));
      expect(output.subarray(2 * width)).toEqual(clean.subarray(2 * width));
      stepper.dispose();
    });
  });

  it('makes no tensors that stay', () => {
    withModel(plainCase, ({ stack, options, inputs }) => {
      const before = tf.memory();
      const stepper = createStepper(stack, options);
      for (let i = 0; i < 200; i++) stepper.step(inputs[0]!);
      stepper.dispose();
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    });
  });

  it('refuses what it cannot step', () => {
    withModel(plainCase, ({ stack, options }) => {
      const stepper = createStepper(stack, options);
      expect(() => stepper.step([1, 2])).toThrow('unroll: input must hold 3 numbers, got 2');
      expect(() => stepper.step([1, 11, 2])).toThrow('unroll: input[1] must be a whole number from 0 to 10, got 11');
      expect(() => stepper.step([1, 0.5, 2])).toThrow('input[1] must be a whole number from 0 to 10, got 0.5');
      expect(() => stepper.restoreState(new Float32Array(5))).toThrow('state must hold 84 numbers, got 5');
      expect(() => stepper.selectRows([0, 1, 3])).toThrow('rows[2] must be a whole number from 0 to 2, got 3');
      expect(() => stepper.loadState([])).toThrow('layers.0.h must hold 21 numbers, got 0');
      expect(() => createStepper(stack, { ...options, batchSize: 0 })).toThrow('batchSize must be a whole number');
      expect(() =>
        createStepper(stack, { embedding: 'one-hot', head: new Linear({ ...headSizes, inputSize: 8 }) }),
      ).toThrow('the input of the head must be 7, got 8');
      stepper.dispose();
      expect(() => stepper.step([1, 2, 3])).toThrow('this stepper is disposed');
    });
    const both = new Stack({ ...stackSizes, bidirectional: true, createCell: (options) => new GruCell(options) });
    expect(() => createStepper(both)).toThrow('a bidirectional stack cannot be stepped');
    disposeParameters(both.parameters);
  });
});

const headSizes = { outputSize: 2, key: randomKey(1) };
const stackSizes = { inputSize: 3, hiddenSize: 4, layers: 1, key: randomKey(1) };
