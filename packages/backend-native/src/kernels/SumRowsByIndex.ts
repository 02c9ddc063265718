import { SumRowsByIndex } from '@unroll/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend, Output } from '../backend.js';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';

/** The first rows of an output whose size was an upper bound: a tensor in the same memory. */
function firstRows(backend: NativeBackend, output: Output<'float32' | 'int32'>, rows: number): tf.TensorInfo {
  const shape = [rows, ...output.shape.slice(1)];
  const count = shape.reduce((product, size) => product * size, 1);
  const dataId = backend.write(output.values.subarray(0, count), shape, output.dtype);
  backend.disposeData(output.dataId);
  return { dataId, shape, dtype: output.dtype };
}

export const sumRowsByIndexKernel: NativeKernelConfig = {
  kernelName: SumRowsByIndex,
  run: ({ inputs, backend }) => {
    const [indices, values] = [inputs['indices']!, inputs['values']!];
    const [count, columns] = values.shape as [number, number];
    const rows = backend.allocate([count], 'int32');
    const sums = backend.allocate([count, columns], 'float32');
    const found = nativeFunctions().sumRowsByIndex(
      count,
      columns,
      backend.ints(indices),
      backend.floats(values),
      rows.values,
      sums.values,
    );
    return [firstRows(backend, rows, found), firstRows(backend, sums, found)];
  },
};
