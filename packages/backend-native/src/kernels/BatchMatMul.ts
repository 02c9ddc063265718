import * as tf from '@tensorflow/tfjs-core';
import type { Output } from '../backend.js';
import type { KernelCall, NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { float32Of } from './numbers.js';

/**
 * A product's sizes: c [shape of batches, m, n] = a [.., m, k] · b [.., k, n], before either is transposed.
 *
 * @throws {Error} tfjs' message if k differs or the batches cannot be broadcast
 */
function sizesOf(a: tf.TensorInfo, b: tf.TensorInfo, transposed: { a: boolean; b: boolean }) {
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposed.a ? [aColumns, aRows] : [aRows, aColumns];
  const [inner, n] = transposed.b ? [bColumns, bRows] : [bRows, bColumns];
  tf.util.assert(
    k === inner,
    () =>
      `Error in matMul: inner shapes (${k}) and (${inner}) of Tensors with shapes ${a.shape.join()} and ` +
      `${b.shape.join()} and transposeA=${transposed.a} and transposeB=${transposed.b} must match.`,
  );
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch);
  return {
    m,
    n,
    k,
    aBatches: tf.util.sizeFromShape(aBatch),
    bBatches: tf.util.sizeFromShape(bBatch),
    shape: [...outer, m, n],
  };
}

/**
 * a · b for float32, batched; `bias` [n] is added to every row. A factor without batches is used for all of them;
 * batches that are broadcast axis by axis are left to tfjs.
 */
export function matMul(
  { inputs, attrs, backend }: KernelCall,
  biasOf: (n: number) => Float32Array | undefined = () => undefined,
): { product: Output; biasAdded: boolean } | undefined {
  const [a, b] = [inputs['a']!, inputs['b']!];
  const [aValues, bValues] = [float32Of(backend, a), float32Of(backend, b)];
  if (aValues === undefined || bValues === undefined) return undefined;
  const transposed = { a: attrs['transposeA'] as boolean, b: attrs['transposeB'] as boolean };
  const { m, n, k, aBatches, bBatches, shape } = sizesOf(a, b, transposed);
  const batches = tf.util.sizeFromShape(shape.slice(0, -2));
  if ((aBatches !== batches && aBatches !== 1) || (bBatches !== batches && bBatches !== 1)) return undefined;
  const product = backend.allocate(shape, 'float32');
  const native = nativeFunctions();
  // Rows of all batches are rows of one product if they are multiplied by the same matrix.
  if (batches === 1 || (bBatches === 1 && aBatches === batches && !transposed.a)) {
    const bias = biasOf(n) ?? null;
    native.matmul(batches * m, n, k, aValues, transposed.a, bValues, transposed.b, bias, product.values);
    return { product, biasAdded: bias !== null };
  }
  const [repeatA, repeatB] = [aBatches === 1, bBatches === 1];
  const c = product.values;
  native.matmulBatch(batches, repeatA, repeatB, m, n, k, aValues, transposed.a, bValues, transposed.b, c);
  return { product, biasAdded: false };
}

export const batchMatMulKernel: NativeKernelConfig = {
  kernelName: tf.BatchMatMul,
  run: (call) => matMul(call)?.product,
};
