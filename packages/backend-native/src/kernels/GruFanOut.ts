import { GruFanOut, type GruFanOutAttributes } from '@unroll/core';
import type { KernelCall, NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import type { GruFanOutArguments } from './fused-functions.js';

/** Sizes and inputs, as the addon takes them. */
export function readFanOut({ inputs, attrs, backend }: KernelCall): GruFanOutArguments {
  const { inputProducts, stateProducts, state } = inputs;
  const { fanOut } = attrs as unknown as GruFanOutAttributes;
  const [states, hiddenSize] = state!.shape as [number, number];
  const floats = [inputProducts, stateProducts, state].map((tensor) => backend.floats(tensor!));
  const [u, v, h] = floats as [Float32Array, Float32Array, Float32Array];
  return [states, fanOut, inputProducts!.shape[0]!, hiddenSize, u, v, h];
}

export const gruFanOutKernel: NativeKernelConfig = {
  kernelName: GruFanOut,
  run: (call) => {
    const given = readFanOut(call);
    const [states, fanOut, , hiddenSize] = given;
    const output = call.backend.allocate([states * fanOut, hiddenSize], 'float32');
    nativeFunctions().gruFanOut(...given, output.values);
    return output;
  },
};
