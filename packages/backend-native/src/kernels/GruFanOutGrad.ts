import { GruFanOutGrad } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readFanOut } from './GruFanOut.js';

export const gruFanOutGradKernel: NativeKernelConfig = {
  kernelName: GruFanOutGrad,
  run: (call) => {
    const { inputs, backend } = call;
    const [dInputProducts, dStateProducts, dState] = ['inputProducts', 'stateProducts', 'state'].map((name) =>
      backend.allocate(inputs[name]!.shape, 'float32'),
    );
    const dOutput = backend.floats(inputs['dOutput']!);
    const gradients = [dInputProducts!, dStateProducts!, dState!] as const;
    const [u, v, h] = gradients;
    nativeFunctions().gruFanOutGrad(...readFanOut(call), dOutput, u.values, v.values, h.values);
    return [...gradients];
  },
};
