import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../backend.js';
import type { KernelCall, NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { float32Of } from './numbers.js';
import { transposed } from './strided.js';

/** A tensor seen as [outer, size, inner], reduced over the middle. */
interface Reduced {
  outer: number;
  size: number;
  inner: number;
  x: Float32Array;
  /** The result's shape without the reduced axes. */
  shape: number[];
  /** To be disposed afterwards. */
  temporary: tf.TensorInfo | undefined;
}

/** Reduced axes that lie side by side need no transpose, wherever they are. */
function reduced(backend: NativeBackend, tensor: tf.TensorInfo, axes: readonly number[]): Reduced | undefined {
  const x = float32Of(backend, tensor);
  if (x === undefined) return undefined;
  const kept = tensor.shape.filter((_, axis) => !axes.includes(axis));
  const count = (from: number, to?: number) => tf.util.sizeFromShape(tensor.shape.slice(from, to));
  const first = axes[0] ?? tensor.shape.length;
  if (axes.every((axis, i) => axis === first + i)) {
    const end = first + axes.length;
    const [outer, size, inner] = [count(0, first), count(first, end), count(end)];
    return { outer, size, inner, x, shape: kept, temporary: undefined };
  }
  const keptAxes = tensor.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const temporary = transposed(backend, tensor, [...keptAxes, ...axes]);
  const outer = tf.util.sizeFromShape(kept);
  const size = tf.util.sizeFromShape(axes.map((axis) => tensor.shape[axis]!));
  return { outer, size, inner: 1, x: temporary.values as Float32Array, shape: kept, temporary };
}

function axesOf(axis: unknown, shape: number[]): number[] {
  return tf.util.parseAxisParam(axis as number | number[], shape).sort((a, b) => a - b);
}

/** Sum, Mean, Max, Min or Prod of a float32 tensor over any axes; `axisName` is the attribute that names them. */
export function reduceKernel(kernelName: string, axisName: 'axis' | 'reductionIndices' = 'axis'): NativeKernelConfig {
  return {
    kernelName,
    run: ({ inputs, attrs, backend }: KernelCall) => {
      const tensor = inputs['x']!;
      const axes = axesOf(attrs[axisName], tensor.shape);
      const view = reduced(backend, tensor, axes);
      if (view === undefined) return undefined;
      const shape = attrs['keepDims'] ? tensor.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)) : view.shape;
      const y = backend.allocate(shape, 'float32');
      nativeFunctions().reduce(kernelName, view.outer, view.size, view.inner, view.x, y.values);
      if (view.temporary !== undefined) backend.disposeIntermediateTensorInfo(view.temporary);
      return y;
    },
  };
}

/** ArgMax or ArgMin of a float32 tensor over one axis. */
export function argReduceKernel(kernelName: string): NativeKernelConfig {
  return {
    kernelName,
    run: ({ inputs, attrs, backend }: KernelCall) => {
      const tensor = inputs['x']!;
      const axes = axesOf(attrs['axis'], tensor.shape);
      const view = axes.length === 1 ? reduced(backend, tensor, axes) : undefined;
      if (view === undefined || view.size === 0) return undefined;
      const y = backend.allocate(view.shape, 'int32');
      nativeFunctions().argReduce(kernelName, view.outer, view.size, view.inner, view.x, y.values);
      return y;
    },
  };
}
