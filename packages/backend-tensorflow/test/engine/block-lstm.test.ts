import { expectClose, tolerances } from '@unroll/core/testing';
import { expect, test } from 'vitest';
import { prefersBlock, walkBlock } from '../../src/kernels/block-lstm.js';
import { createFrame, walkChain, type SequenceValues } from '../../src/kernels/chain.js';
import { lstmChain } from '../../src/kernels/lstm-chain.js';
import type { TensorOps, Value } from '../../src/tensor-ops.js';
import { inOps } from './support.js';

function problem(ops: TensorOps, batch: number, hidden: number): SequenceValues {
  let seed = 0;
  const numbers = (...shape: number[]): Value => {
    const size = shape.reduce((product, axis) => product * axis, 1);
    seed++;
    return ops.floats(
      Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed) / 2),
      shape,
    );
  };
  return {
    input: numbers(5, batch, 3),
    inputKernel: numbers(3, 4 * hidden),
    recurrentKernel: numbers(hidden, 4 * hidden),
    bias: numbers(4 * hidden),
    initialH: numbers(batch, hidden),
    initialC: numbers(batch, hidden),
  };
}

test("BlockLSTMV2 gives the chain's numbers, with lengths and without", () => {
  inOps((ops) => {
    const values = problem(ops, 3, 7);
    for (const given of [values, { ...values, lengths: ops.integers([5, 0, 2]) }]) {
      const block = walkBlock(ops, given, createFrame(ops, given, false));
      const { block: _block, ...withoutBlock } = lstmChain;
      const chain = walkChain(ops, withoutBlock, { values: given, reverse: false });
      const pairs = [
        [block.output, chain.output],
        [block.final.h, chain.final.h],
        [block.final.c!, chain.final.c!],
        [block.gates!, chain.gates!],
        [block.cells!, chain.cells!],
      ] as const;
      for (const [actual, expected] of pairs) {
        const read = (value: Value) => ({ shape: value.shape, values: ops.read(value) });
        expectClose(read(actual), read(expected), tolerances.forward);
      }
    }
  });
});

test('is taken for small layers that are walked forward without a mask', () => {
  inOps((ops) => {
    const prefers = (values: SequenceValues, reverse = false) =>
      prefersBlock(values, createFrame(ops, values, reverse));
    const values = problem(ops, 3, 7);
    expect(prefers(values)).toBe(true);
    expect(prefers(values, true)).toBe(false);
    expect(prefers({ ...values, lengths: ops.integers([5, 0, 2]) }, true)).toBe(true);
    expect(prefers({ ...values, recurrentDropoutMask: values.initialH })).toBe(false);
    expect(prefers(problem(ops, 64, 200))).toBe(false);
  });
});
