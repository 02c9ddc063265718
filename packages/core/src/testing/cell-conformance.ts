import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CellOptions } from '../cells/cell-parts.js';
import type { Cell, CellState } from '../cells/cell.js';
import { bidirectional, walkInTurns } from '../layers/bidirectional.js';
import { unroll, walkSteps } from '../layers/unroll.js';
import { hasKernel } from '../ops/has-kernel.js';
import { BidirectionalSequence } from '../ops/kernel-names.js';
import { pathCounts } from '../ops/path-counts.js';
import { reverseValid } from '../sequences/reverse.js';
import { forAll, sequenceCases, type SequenceCase } from './arbitraries.js';
import { checkGradients } from './check-gradients.js';
import { expectClose, tolerances } from './expect-close.js';
import { expectedPath } from './expected-path.js';
import type { ReferenceStep } from './reference-cells.js';
import {
  differentiated,
  expectGradients,
  expectStates,
  gradientsOf,
  irregular,
  referenceOf,
  referenceWeightedSum,
  toArrays,
  weightedSum,
  withProblem,
  type SequenceProblem,
} from './sequence-problem.js';

export interface CellConformance {
  readonly createCell: (options: CellOptions) => Cell;
  /** the same cell in float64 */
  readonly reference: ReferenceStep;
  /** of ops/kernel-names.ts */
  readonly kernel: string;
}

const exact = { rtol: 0, atol: 0 };
const smallCase = {
  timeSteps: 5,
  batchSize: 2,
  inputSize: 4,
  hiddenSize: 3,
  lengths: [3, 5],
  reverse: false,
  seed: 11,
};

/** The suite that every cell passes on every engine: call it once for each cell, in a test file that runs on all. */
export function describeCell(name: string, conformance: CellConformance): void {
  describe(`cell ${name}`, () => {
    let tensorsBefore = 0;
    beforeEach(() => {
      tensorsBefore = tf.memory().numTensors;
    });
    afterEach(() => {
      expect(tf.memory().numTensors).toBe(tensorsBefore);
    });

    describeNumbers(conformance);
    describeProperties(conformance);
    describeEdges(conformance);
  });
}

/** Right against float64, and the same on both paths. */
function describeNumbers({ createCell, reference, kernel }: CellConformance): void {
  it('equals its float64 reference, with and without lengths, mask and reversal', () => {
    forAll(sequenceCases, (sizes) =>
      withProblem(createCell, sizes, (problem) => {
        const { cell, input, initialState, reverse, ...extras } = problem;
        for (const options of [{ reverse }, { reverse, ...extras }]) {
          const { output, finalState } = unroll(cell, input, { initialState, ...options });
          const expected = referenceOf(reference, problem, options)(toArrays(differentiated(problem)));
          for (const [key, tensor] of Object.entries({ output, ...finalState })) {
            const values = expected[key as keyof typeof expected];
            expectClose(tensor, { shape: tensor.shape, values }, { ...tolerances.forward, name: key });
          }
        }
      }),
    );
  });

  describe.each([
    { lengths: false, reverse: false, mask: false },
    { lengths: true, reverse: false, mask: false },
    { lengths: true, reverse: true, mask: true },
  ])('gradients with lengths $lengths, reverse $reverse, recurrent dropout $mask', ({ lengths, reverse, mask }) => {
    it.each([
      ['unroll', unroll],
      ['walkSteps', walkSteps],
    ] as const)('of every parameter, the input and the initial state: %s', (_name, walk) => {
      withProblem(createCell, smallCase, (problem) => {
        const options = {
          reverse,
          ...(lengths && { lengths: problem.lengths }),
          ...(mask && { recurrentDropoutMask: problem.recurrentDropoutMask }),
        };
        const run = referenceOf(reference, problem, options);
        const { cell, input, initialState } = problem;
        const compared = checkGradients({
          tensors: differentiated(problem),
          loss: () => weightedSum(walk(cell, input, { initialState, ...options })),
          reference: (arrays) => referenceWeightedSum(run(arrays)),
        });
        expect(compared).toBeGreaterThan(5 * 2 * 4);
      });
    });
  });

  it('takes the fused kernel where the engine has it, and then gives the numbers and gradients of the steps', () => {
    // a silent way back to the steps would test nothing
    expect(hasKernel(kernel)).toBe(expectedPath(kernel) === 'fused');
    const check = (problem: SequenceProblem) => {
      const { cell, input, ...options } = problem;
      const before = pathCounts(kernel);
      const fast = unroll(cell, input, options);
      const { fused, steps } = pathCounts(kernel);
      expect({ fused: fused - before.fused, steps: steps - before.steps }).toEqual(
        hasKernel(kernel) ? { fused: 1, steps: 0 } : { fused: 0, steps: 1 },
      );
      const slow = walkSteps(cell, input, options);
      expectClose(fast.output, slow.output, { ...tolerances.forward, name: 'output' });
      expectStates(fast.finalState, slow.finalState);
      expectGradients(
        gradientsOf(problem, () => weightedSum(unroll(cell, input, options))),
        gradientsOf(problem, () => weightedSum(walkSteps(cell, input, options))),
      );
    };
    forAll(sequenceCases, (sizes) => withProblem(createCell, sizes, check), 30);
  });

  it('walks both directions in one kernel where the engine has it, and then gives the numbers and gradients of two', () => {
    expect(hasKernel(BidirectionalSequence)).toBe(expectedPath(BidirectionalSequence) === 'fused');
    const check = (forward: SequenceProblem, backward: SequenceProblem, seed: number) => {
      const { input } = forward;
      const ofBoth = <K extends keyof SequenceProblem>(key: K) => ({ forward: forward[key], backward: backward[key] });
      const options = {
        initialState: ofBoth('initialState'),
        ...(seed % 3 > 0 && { lengths: forward.lengths }),
        ...(seed % 5 > 1 && { recurrentDropoutMasks: ofBoth('recurrentDropoutMask') }),
      };
      const before = pathCounts(BidirectionalSequence);
      const fast = bidirectional(ofBoth('cell'), input, options);
      const { fused, steps } = pathCounts(BidirectionalSequence);
      expect({ fused: fused - before.fused, steps: steps - before.steps }).toEqual(
        hasKernel(BidirectionalSequence) ? { fused: 1, steps: 0 } : { fused: 0, steps: 1 },
      );
      const slow = walkInTurns(ofBoth('cell'), input, options);
      expectClose(fast.output, slow.output, { ...tolerances.forward, name: 'output' });
      expectStates(fast.finalState.forward, slow.finalState.forward);
      expectStates(fast.finalState.backward, slow.finalState.backward);
      const gradients = (walk: typeof bidirectional) => {
        const loss = () => {
          const { output, finalState } = walk(ofBoth('cell'), input, options);
          const back = weightedSum({ output: finalState.backward.h, finalState: finalState.backward });
          return tf.add<tf.Scalar>(weightedSum({ output, finalState: finalState.forward }), back);
        };
        const { input: dInput, ...ofForward } = gradientsOf(forward, loss);
        const { input: _shared, ...ofBackward } = gradientsOf({ ...backward, input }, loss);
        return [{ input: dInput!, ...ofForward }, ofBackward] as const;
      };
      const [actual, expected] = [gradients(bidirectional), gradients(walkInTurns)];
      expectGradients(actual[0], expected[0]);
      expectGradients(actual[1], expected[1]);
    };
    const checkCase = (sizes: SequenceCase) =>
      withProblem(createCell, sizes, (forward) =>
        withProblem(createCell, { ...sizes, seed: sizes.seed + 1 }, (backward) => check(forward, backward, sizes.seed)),
      );
    forAll(sequenceCases, checkCase, 30);
  });
}

/** What holds for every input. */
function describeProperties({ createCell }: CellConformance): void {
  function forAllProblems(check: (problem: SequenceProblem, sizes: SequenceCase) => void, numRuns = 100): void {
    forAll(sequenceCases, (sizes) => withProblem(createCell, sizes, (problem) => check(problem, sizes)), numRuns);
  }

  it('goes on from the state of its first steps as if it had never stopped', () => {
    forAllProblems(({ cell, input, initialState }, { timeSteps, seed }) => {
      const split = seed % (timeSteps + 1);
      const whole = unroll(cell, input, { initialState });
      const head = unroll(cell, tf.slice(input, 0, split), { initialState });
      const tail = unroll(cell, tf.slice(input, split, timeSteps - split), { initialState: head.finalState });
      expectClose(tf.concat([head.output, tail.output]), whole.output, tolerances.forward);
      expectStates(tail.finalState, whole.finalState);
    });
  });

  it('sees no padding: neither results nor gradients depend on how much there is or what it holds', () => {
    forAllProblems((problem, { timeSteps, batchSize, inputSize, hiddenSize, seed }) => {
      const { cell, input, ...options } = problem;
      const padding = irregular<tf.Rank.R3>([2, batchSize, inputSize], seed, 'padding');
      const plain = () => unroll(cell, input, options);
      const padded = () => {
        const { output, finalState } = unroll(cell, tf.concat([input, padding]), options);
        return { output: tf.slice(output, 0, timeSteps), finalState, rest: tf.slice(output, timeSteps) };
      };
      expectClose(padded().output, plain().output, tolerances.forward);
      expectClose(padded().rest, tf.zeros([2, batchSize, hiddenSize]), exact);
      expectStates(padded().finalState, plain().finalState);
      expectGradients(
        gradientsOf(problem, () => weightedSum(padded())),
        gradientsOf(problem, () => weightedSum(plain())),
      );
    }, 30);
  });

  it('gives permuted results for a permuted batch', () => {
    forAllProblems(({ cell, input, initialState, lengths, reverse }, { batchSize, seed }) => {
      const order = Array.from({ length: batchSize }, (_, b) => (b + (seed % batchSize)) % batchSize);
      const take = <T extends tf.Tensor>(tensor: T, axis: number): T =>
        tf.gather(tensor, tf.tensor1d(order, 'int32'), axis);
      const takeState = (state: CellState): CellState =>
        Object.fromEntries(Object.entries(state).map(([key, tensor]) => [key, take(tensor, 0)])) as CellState;
      const plain = unroll(cell, input, { initialState, lengths, reverse });
      const options = { initialState: takeState(initialState), lengths: take(lengths, 0), reverse };
      const permuted = unroll(cell, take(input, 1), options);
      expectClose(permuted.output, take(plain.output, 1), tolerances.forward);
      expectStates(permuted.finalState, takeState(plain.finalState));
    });
  });

  it('in reverse is the same as forward over the reversed real steps, and bidirectional is both side by side', () => {
    forAllProblems(({ cell, input, initialState, lengths }) => {
      const forward = unroll(cell, input, { initialState, lengths });
      const backward = unroll(cell, input, { initialState, lengths, reverse: true });
      const mirrored = unroll(cell, reverseValid(input, lengths), { initialState, lengths });
      expectClose(backward.output, reverseValid(mirrored.output, lengths), tolerances.forward);
      expectStates(backward.finalState, mirrored.finalState);
      const states = { forward: initialState, backward: initialState };
      const both = bidirectional({ forward: cell, backward: cell }, input, { initialState: states, lengths });
      expectClose(both.output, tf.concat([forward.output, backward.output], 2), tolerances.forward);
      expectStates(both.finalState.forward, forward.finalState);
      expectStates(both.finalState.backward, backward.finalState);
    });
  });
}

function describeEdges({ createCell }: CellConformance): void {
  it('returns the initial state, unchanged, for length 0 and for no steps at all', () => {
    withProblem(createCell, smallCase, ({ cell, input, initialState }) => {
      const [time, batch] = input.shape;
      for (const reverse of [false, true]) {
        const lengths = tf.zeros<tf.Rank.R1>([batch], 'int32');
        const none = unroll(cell, input, { initialState, lengths, reverse });
        expectStates(none.finalState, initialState, exact);
        expectClose(none.output, tf.zeros([time, batch, cell.hiddenSize]), exact);
        const empty = unroll(cell, tf.zeros([0, batch, cell.inputSize]), { initialState, reverse });
        expectStates(empty.finalState, initialState, exact);
        expect(empty.output.shape).toEqual([0, batch, cell.hiddenSize]);
      }
    });
  });

  it('starts from zeros where no state is given', () => {
    withProblem(createCell, smallCase, ({ cell, input }) => {
      const zeros = unroll(cell, input, { initialState: cell.zeroState(2) });
      expectClose(unroll(cell, input).output, zeros.output, exact);
      expect(Object.values(cell.zeroState(2)).every((state) => state.dataSync().every((value) => value === 0))).toBe(
        true,
      );
    });
  });

  it('leaves no tensors behind, neither forward nor backward', () => {
    withProblem(createCell, smallCase, ({ cell, input, ...options }) => {
      const variables = Object.values(cell.parameters);
      const states = Object.keys(options.initialState).length;
      const before = tf.memory().numTensors;
      const { output, finalState } = unroll(cell, input, options);
      expect(tf.memory().numTensors).toBe(before + 1 + states);
      tf.dispose([output, ...Object.values(finalState)]);
      const both = bidirectional({ forward: cell, backward: cell }, input);
      expect(tf.memory().numTensors).toBe(before + 1 + 2 * states);
      tf.dispose([both.output, ...Object.values(both.finalState).flatMap((state) => Object.values(state))]);
      const { value, grads } = tf.variableGrads(() => weightedSum(unroll(cell, input, options)), variables);
      expect(tf.memory().numTensors).toBe(before + 1 + variables.length);
      tf.dispose([value, ...Object.values(grads)]);
    });
  });

  it('names the argument and the axes of a wrong shape', () => {
    withProblem(createCell, { ...smallCase, timeSteps: 3 }, ({ cell, input }) => {
      const apply = (options: Parameters<typeof unroll>[2]) => () => unroll(cell, input, options);
      expect(() => unroll(cell, tf.zeros([3, 2, 5]))).toThrow(
        'input must be [time, batch, inputSize] = [*, *, 4], got [3, 2, 5]',
      );
      expect(apply({ lengths: tf.tensor1d([3], 'int32') })).toThrow('lengths must be [batch] = [2], got [1]');
      expect(apply({ lengths: tf.tensor1d([3, 1]) })).toThrow('lengths must be int32, got float32');
      expect(apply({ initialState: cell.zeroState(1) })).toThrow(
        'initialState.h must be [batch, hiddenSize] = [2, 3], got [1, 3]',
      );
      expect(apply({ recurrentDropoutMask: tf.ones([2, 4]) })).toThrow(
        'recurrentDropoutMask must be [batch, hiddenSize] = [2, 3], got [2, 4]',
      );
    });
  });
}
