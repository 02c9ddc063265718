import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../backend.js';
import { numberTypeOf } from './numbers.js';
import { copyStrided, type Walk } from './strided.js';

/**
 * Tensors side by side along `axis`, as [outer, width of each, inner] blocks of rows.
 *
 * @param shape - the result's
 * @param at - `axis`, counted in the inputs' shapes
 */
export function joined(
  backend: NativeBackend,
  tensors: readonly tf.TensorInfo[],
  { shape, at }: { shape: number[]; at: number },
): tf.TensorInfo | undefined {
  const dtype = numberTypeOf(backend, tensors[0]!);
  if (dtype === undefined || tensors.some((x) => x.dtype !== dtype || numberTypeOf(backend, x) === undefined)) {
    return undefined;
  }
  const y = backend.allocate(shape, dtype);
  const widths = tensors.map((x) => tf.util.sizeFromShape(x.shape.slice(at)));
  const width = widths.reduce((sum, each) => sum + each, 0);
  let offset = 0;
  for (const [i, x] of tensors.entries()) {
    const rows = tf.util.sizeFromShape(x.shape.slice(0, at));
    const from = { values: backend.values(x) as Walk['values'], offset: 0, strides: [widths[i]!, 1] };
    copyStrided([rows, widths[i]!], from, { values: y.values, offset, strides: [width, 1] });
    offset += widths[i]!;
  }
  return y;
}
