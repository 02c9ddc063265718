import * as tf from '@tensorflow/tfjs-core';
import type { Output } from '../backend.js';
import type { KernelCall, NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { matMul } from './BatchMatMul.js';
import { float32Of } from './numbers.js';

/** tfjs' names of activations and of the kernels that compute them. */
const unaryActivations: Readonly<Record<string, string>> = {
  relu: tf.Relu,
  relu6: tf.Relu6,
  sigmoid: tf.Sigmoid,
  elu: tf.Elu,
  leakyrelu: tf.LeakyRelu,
};

function isKnown({ inputs, attrs, backend }: KernelCall): boolean {
  const activation = attrs['activation'] as string | undefined;
  const weights = inputs['preluActivationWeights'];
  return (
    (inputs['bias'] === undefined || float32Of(backend, inputs['bias']) !== undefined) &&
    (weights === undefined || float32Of(backend, weights) !== undefined) &&
    (activation === undefined || activation === 'linear' || activation === 'prelu' || activation in unaryActivations)
  );
}

function addBias({ inputs, backend }: KernelCall, product: Output): void {
  const bias = inputs['bias']!;
  const values = float32Of(backend, bias)!;
  nativeFunctions().binary(tf.Add, product.values, product.shape, values, bias.shape, product.values);
}

function activate({ inputs, attrs, backend }: KernelCall, product: Output): void {
  const activation = (attrs['activation'] as string | undefined) ?? 'linear';
  const native = nativeFunctions();
  if (activation === 'prelu') {
    const slope = inputs['preluActivationWeights']!;
    const values = float32Of(backend, slope)!;
    native.binary(tf.Prelu, product.values, product.shape, values, slope.shape, product.values);
  } else if (activation !== 'linear') {
    const alpha = activation === 'leakyrelu' ? (attrs['leakyreluAlpha'] as number) : 0;
    native.unary(unaryActivations[activation]!, product.values, product.values, alpha, 0);
  }
}

/** φ(a · b + bias), the activation in place. */
export const fusedMatMulKernel: NativeKernelConfig = {
  kernelName: '_FusedMatMul',
  run: (call) => {
    if (!isKnown(call)) return undefined;
    const { inputs, backend } = call;
    const bias = inputs['bias'];
    const result = matMul(call, (n) =>
      bias !== undefined && bias.shape.at(-1) === n && tf.util.sizeFromShape(bias.shape) === n
        ? float32Of(backend, bias)
        : undefined,
    );
    if (result === undefined) return undefined;
    if (bias !== undefined && !result.biasAdded) addBias(call, result.product);
    activate(call, result.product);
    return result.product;
  },
};
