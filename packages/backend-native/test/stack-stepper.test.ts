import * as tf from '@tensorflow/tfjs-core';
import { configureNative } from '@unroll/backend-native';
import {
  createStepper,
  disposeParameters,
  Embedding,
  GruCell,
  initializers,
  Linear,
  LstmCell,
  randomKey,
  Stack,
  type Cell,
  type Parameters,
  type Stepper,
} from '@unroll/core';
import { expectClose, tolerances } from '@unroll/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { nativeFunctions } from '../src/native.js';

// core's own suite holds the stepper to its readable path; here is what only this engine promises.

const instructionSets = ['baseline', 'avx2', 'avx512'] as const;
const key = randomKey(8);
const vocabularySize = 50;

afterEach(() => {
  nativeFunctions().limitInstructionSet('avx512');
  configureNative({});
});

type CreateCell = (options: { inputSize: number; hiddenSize: number; key: readonly [number, number] }) => Cell;

/** A model large enough for threads to share its units. */
function createModel(createCell: CreateCell, hiddenSize = 200) {
  const stack = new Stack({ inputSize: 40, hiddenSize, layers: 2, key, createCell });
  const embedding = new Embedding({ vocabularySize, embeddingSize: 40, key, initializer: initializers.uniform(1) });
  const head = new Linear({ inputSize: hiddenSize, outputSize: vocabularySize, key });
  const parameters: Parameters = Object.fromEntries(
    [stack, embedding, head].flatMap((part, i) =>
      Object.entries(part.parameters).map(([name, variable]) => [`${i}.${name}`, variable]),
    ),
  );
  return { stack, embedding, head, parameters };
}

type Model = ReturnType<typeof createModel>;
const stepperOf = ({ stack, embedding, head }: Model, batchSize = 1): Stepper =>
  createStepper(stack, { batchSize, embedding, head });

/** The logits after ten ids and the state there. */
function walk(model: Model, batchSize = 1): Float32Array[] {
  const stepper = stepperOf(model, batchSize);
  for (let t = 0; t < 9; t++) stepper.advance(ids(batchSize, t));
  const results = [stepper.step(ids(batchSize, 9)).slice(), stepper.saveState()];
  stepper.dispose();
  return results;
}
const ids = (batchSize: number, t: number) =>
  Int32Array.from({ length: batchSize }, (_, b) => (7 * t + 3 * b) % vocabularySize);

function expectSame(actual: readonly Float32Array[], expected: readonly Float32Array[]): void {
  for (const [i, values] of actual.entries()) {
    expectClose(tf.tensor1d(values), tf.tensor1d(expected[i]!), { ...tolerances.forward, name: `result ${i}` });
  }
}

/** The nearest bfloat16 of every kernel's numbers: what the stepper keeps of them in that precision. */
function roundKernels(parameters: Parameters): void {
  for (const [name, variable] of Object.entries(parameters)) {
    if (!/kernel/i.test(name)) continue;
    const bits = new Uint32Array(Float32Array.from(variable.dataSync()).buffer);
    const rounded = bits.map((each) => (each + 0x7fff + ((each >>> 16) & 1)) & 0xffff0000);
    variable.assign(tf.tensor(new Float32Array(rounded.buffer), variable.shape));
  }
}

const weights = initializers.uniform(0.1);
const own = { initializers: { inputKernel: weights, recurrentKernel: weights, bias: weights, recurrentBias: weights } };
const cells = [
  ['lstm', (options) => new LstmCell({ ...options, ...own })],
  ['gru', (options) => new GruCell({ ...options, ...own })],
] as const satisfies readonly (readonly [string, CreateCell])[];

describe.each(cells)('a stepper of %s layers', (_name, createCell) => {
  it('gives the same bits again and again with several threads', () => {
    const model = createModel(createCell);
    configureNative({ threads: 2 });
    expect(walk(model)).toEqual(walk(model));
    disposeParameters(model.parameters);
  });

  it.each(instructionSets)('agrees with one thread of the best instruction set: %s, 3 threads', (instructionSet) => {
    const model = createModel(createCell);
    for (const batchSize of [1, 3, 7]) {
      configureNative({ threads: 1 });
      const expected = walk(model, batchSize);
      configureNative({ threads: 3 });
      nativeFunctions().limitInstructionSet(instructionSet);
      expectSame(walk(model, batchSize), expected);
      nativeFunctions().limitInstructionSet('avx512');
    }
    disposeParameters(model.parameters);
  });

  it('rounds the kernels alone where bfloat16 is chosen', () => {
    const model = createModel(createCell);
    const exact = walk(model);
    configureNative({ precision: 'bfloat16' });
    const rounded = walk(model);
    configureNative({ precision: 'float32' });
    expect(rounded).not.toEqual(exact);
    roundKernels(model.parameters);
    expectSame(rounded, walk(model));
    disposeParameters(model.parameters);
  });

  it('goes on as it was made when the engine is configured anew', () => {
    const model = createModel(createCell);
    configureNative({ threads: 2 });
    const expected = walk(model);
    const stepper = stepperOf(model);
    configureNative({ threads: 1, precision: 'bfloat16' });
    for (let t = 0; t < 9; t++) stepper.advance(ids(1, t));
    expect(stepper.step(ids(1, 9))).toEqual(expected[0]);
    stepper.dispose();
    disposeParameters(model.parameters);
  });
});

it('keeps the weights of the moment when it was made', () => {
  const model = createModel(cells[0][1]);
  const stepper = stepperOf(model);
  const before = stepper.step([3]).slice();
  for (const variable of Object.values(model.parameters)) variable.assign(tf.zerosLike(variable));
  stepper.reset();
  expect(stepper.step([3])).toEqual(before);
  stepper.dispose();
  disposeParameters(model.parameters);
});

it('gives its memory back when it is disposed', () => {
  const model = createModel(cells[0][1], 512);
  const megabytes = () => process.memoryUsage().rss / 2 ** 20;
  // The allocator and the collector keep some of what was freed, more beside other work, but no more and more.
  for (let i = 0; i < 20; i++) walk(model);
  const before = megabytes();
  // 14 MB of weights each: 560 MB, were they kept
  for (let i = 0; i < 40; i++) walk(model);
  expect(megabytes() - before).toBeLessThan(280);
  disposeParameters(model.parameters);
});
