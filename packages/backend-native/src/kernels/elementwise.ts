import * as tf from '@tensorflow/tfjs-core';
import type { KernelCall, NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { float32Of, sameShape } from './numbers.js';

const highestRank = 8;

/** y = f(x) for a function of one number; `parameters` reads what else f needs. Float32 only. */
export function unaryKernel(
  kernelName: string,
  parameters: (attrs: tf.NamedAttrMap) => readonly [number, number] = () => [0, 0],
): NativeKernelConfig {
  return {
    kernelName,
    run: ({ inputs, attrs, backend }) => {
      const x = float32Of(backend, inputs['x']);
      if (x === undefined) return undefined;
      const [alpha, beta] = parameters(attrs);
      const y = backend.allocate(inputs['x']!.shape, 'float32');
      nativeFunctions().unary(kernelName, x, y.values, alpha, beta);
      return y;
    },
  };
}

/** Both operands as native functions take them; equal shapes need no broadcasting and are passed as one axis. */
function operands({ inputs, backend }: KernelCall, names: readonly [string, string]) {
  const [first, second] = [inputs[names[0]]!, inputs[names[1]]!];
  const [a, b] = [float32Of(backend, first), float32Of(backend, second)];
  if (a === undefined || b === undefined) return undefined;
  if (sameShape(first.shape, second.shape)) {
    const flat = [a.length];
    return { a, b, aShape: flat, bShape: flat, shape: first.shape };
  }
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(first.shape, second.shape);
  return shape.length > highestRank ? undefined : { a, b, aShape: first.shape, bShape: second.shape, shape };
}

/** y = f(a, b) with broadcasting. Float32 only. */
export function binaryKernel(kernelName: string, names: readonly [string, string] = ['a', 'b']): NativeKernelConfig {
  return {
    kernelName,
    run: (call) => {
      const pair = operands(call, names);
      if (pair === undefined) return undefined;
      const y = call.backend.allocate(pair.shape, 'float32');
      nativeFunctions().binary(kernelName, pair.a, pair.aShape, pair.b, pair.bShape, y.values);
      return y;
    },
  };
}

/** Comparisons of float32 with broadcasting. */
export function compareKernel(kernelName: string): NativeKernelConfig {
  return {
    kernelName,
    run: (call) => {
      const pair = operands(call, ['a', 'b']);
      if (pair === undefined) return undefined;
      const y = call.backend.allocate(pair.shape, 'bool');
      nativeFunctions().compare(kernelName, pair.a, pair.aShape, pair.b, pair.bShape, y.values);
      return y;
    },
  };
}
