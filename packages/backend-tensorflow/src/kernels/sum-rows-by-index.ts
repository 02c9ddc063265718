import { SumRowsByIndex } from '@unroll/core';
import type { TensorFlowKernel } from '../kernel.js';
import type { Value } from '../tensor-ops.js';

/** TensorFlow's Unique gives indices in the order of their first use; so they are sorted here, and summed there. */
export const sumRowsByIndex: TensorFlowKernel<{ readonly indices: Value; readonly values: Value }, object> = {
  kernelName: SumRowsByIndex,
  run: (ops, { indices, values }) => {
    const ids = ops.read(indices);
    const rows = Int32Array.from(new Set(ids)).sort();
    const places = new Map(Array.from(rows, (row, place) => [row, place]));
    const segments = ops.integers(Int32Array.from(ids, (id) => places.get(id)!));
    const sums = ops.run('UnsortedSegmentSum', [values, segments, ops.integers([rows.length], [])]);
    return [ops.integers(rows), sums];
  },
};
