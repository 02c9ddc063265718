import { StackStepper, type StackStepperAttributes } from '@unroll/core';
import type { NativeBackend } from '../backend.js';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import type { PreparedStepper } from './fused-functions.js';

const cellCodes = { lstm: 0, gru: 1, 'elman-tanh': 2, 'elman-relu': 3 } as const;
const inputWords = { vector: 'vector', embedded: 'embedded', 'one-hot': 'oneHot' } as const;

export const stackStepperKernel: NativeKernelConfig = {
  kernelName: StackStepper,
  run: ({ attrs, backend }) => {
    const attributes = attrs as unknown as StackStepperAttributes;
    const stepper = prepare(attributes, backend);
    const native = nativeFunctions();
    attributes.result.stepper = {
      run: (input, state, output) => native.runStepper(stepper, input, state, output),
      dispose: () => native.disposeStepper(stepper),
    };
    return [];
  },
};

function prepare({ batchSize, layers, input, head }: StackStepperAttributes, backend: NativeBackend): PreparedStepper {
  const [inputSize, hiddenSize] = [layers[0]!.inputKernel.shape[0]!, layers[0]!.recurrentKernel.shape[0]!];
  const table = input.kind === 'embedded' ? input.table : undefined;
  return nativeFunctions().prepareStepper(
    batchSize,
    inputSize,
    hiddenSize,
    Int32Array.from(layers, ({ cell }) => cellCodes[cell]),
    layers.map(({ inputKernel }) => backend.floats(inputKernel)),
    layers.map(({ recurrentKernel }) => backend.floats(recurrentKernel)),
    layers.map(({ bias }) => backend.floats(bias)),
    layers.map(({ recurrentBias }) => (recurrentBias ? backend.floats(recurrentBias) : new Float32Array())),
    inputWords[input.kind],
    table?.shape[0] ?? 0,
    table ? backend.floats(table) : null,
    head ? head.kernel.shape[head.transposeKernel ? 0 : 1]! : 0,
    head ? backend.floats(head.kernel) : null,
    head?.transposeKernel ?? false,
    head?.bias ? backend.floats(head.bias) : null,
  );
}
