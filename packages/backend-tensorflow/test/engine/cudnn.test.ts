import { afterEach, expect, test, vi } from 'vitest';
import { isCudnnRight } from '../../src/kernels/cudnn-check.js';
import { cudnnKnows, fromFlat, toFlat } from '../../src/kernels/cudnn.js';
import { gruChain } from '../../src/kernels/gru-chain.js';
import { lstmChain } from '../../src/kernels/lstm-chain.js';
import type { TensorOps } from '../../src/tensor-ops.js';
import { handles, inOps } from './support.js';

afterEach(() => vi.restoreAllMocks());

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

/** A GRU of 2 inputs and 1 unit: kernels of one column a gate. */
function gru(ops: TensorOps) {
  return {
    input: ops.floats(range(0, 4), [1, 2, 2]),
    inputKernel: ops.floats([1, 2, 3, 4, 5, 6], [2, 3]),
    recurrentKernel: ops.floats([7, 8, 9], [1, 3]),
    bias: ops.floats([10, 11, 12]),
    recurrentBias: ops.floats([13, 14, 15]),
    initialH: ops.floats([0, 0], [2, 1]),
  };
}

test('weights are laid out as cuDNN reads them: rows of units gate by gate, input before state, weights before biases', () => {
  inOps((ops) => {
    const flat = toFlat(ops, gru(ops));
    expect(Array.from(ops.read(flat))).toEqual([1, 4, 2, 5, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    const parts = fromFlat(ops, gru(ops), flat);
    const { inputKernel, recurrentKernel, bias, recurrentBias } = gru(ops);
    for (const [i, part] of [inputKernel, recurrentKernel, bias, recurrentBias].entries()) {
      expect(parts[i]!.shape).toEqual(part.shape);
      expect(ops.read(parts[i]!)).toEqual(ops.read(part));
    }
  });
});

test('what cuDNN does not know goes to the chain', () => {
  inOps((ops) => {
    const values = gru(ops);
    expect(cudnnKnows(ops, values)).toBe(true);
    expect(cudnnKnows(ops, { ...values, lengths: ops.integers([1, 1]) })).toBe(true);
    expect(cudnnKnows(ops, { ...values, lengths: ops.integers([1, 0]) })).toBe(false);
    expect(cudnnKnows(ops, { ...values, recurrentDropoutMask: ops.floats([1, 1], [2, 1]) })).toBe(false);
  });
});

test('a cuDNN that does not give the numbers of the chain is switched off, with one warning, and leaves nothing behind', ({
  skip,
}) => {
  skip(
    inOps((ops) => ops.hasGpu),
    'needs a TensorFlow without a GPU, where the op cannot run',
  );
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const before = handles();
  inOps((ops) => {
    expect(isCudnnRight(ops, 'lstm', lstmChain)).toBe(false);
    expect(isCudnnRight(ops, 'lstm', lstmChain)).toBe(false);
    expect(isCudnnRight(ops, 'gru', gruChain)).toBe(false);
  });
  expect(handles()).toBe(before);
  expect(warn.mock.calls.map(([text]) => String(text).slice(0, 40))).toEqual([
    "unroll: cuDNN's lstm is not used, plain ",
    "unroll: cuDNN's gru is not used, plain T",
  ]);
});
