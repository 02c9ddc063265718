import type { SequenceAttributes, SequenceGradAttributes } from '@unroll/core';
import type { Output } from '../backend.js';
import type { KernelCall } from '../kernel.js';
import type { SequenceArguments, SequenceGradients } from './fused-functions.js';

/** What the kernels of all recurrent layers have in common: sizes, arguments and the tensors of gradients. */
export interface SequenceCall {
  readonly sizes: { readonly timeSteps: number; readonly batchSize: number; readonly hiddenSize: number };
  readonly sequence: SequenceArguments;
  /** the numbers of a further float32 input */
  readonly floats: (name: string) => Float32Array;
  /** `[time, batch, width]`, to be filled */
  readonly steps: (width: number) => Output;
  /** `[batch, hiddenSize]`, to be filled */
  readonly state: () => Output;
}

export function readSequence({ inputs, attrs, backend }: KernelCall): SequenceCall {
  const floats = (name: string) => backend.floats(inputs[name]!);
  const { lengths, recurrentDropoutMask } = inputs;
  const [timeSteps, batchSize, inputSize] = inputs['input']!.shape as [number, number, number];
  const hiddenSize = inputs['recurrentKernel']!.shape[0]!;
  return {
    sizes: { timeSteps, batchSize, hiddenSize },
    sequence: [
      timeSteps,
      batchSize,
      inputSize,
      hiddenSize,
      (attrs as unknown as SequenceAttributes).reverse,
      floats('input'),
      floats('inputKernel'),
      floats('recurrentKernel'),
      floats('bias'),
      floats('initialH'),
      lengths ? backend.ints(lengths) : null,
      recurrentDropoutMask ? backend.floats(recurrentDropoutMask) : null,
    ],
    floats,
    steps: (width) => backend.allocate([timeSteps, batchSize, width], 'float32'),
    state: () => backend.allocate([batchSize, hiddenSize], 'float32'),
  };
}

export interface GradientOutputs {
  /** in the order of the inputs: input where it is asked for, inputKernel, recurrentKernel, bias */
  readonly common: readonly Output[];
  readonly initialH: Output;
  readonly gradients: SequenceGradients;
}

/** Tensors shaped like the inputs whose gradients they will hold. */
export function allocateGradients({ inputs, attrs, backend }: KernelCall): GradientOutputs {
  const { inputGradient } = attrs as unknown as SequenceGradAttributes;
  const like = (name: string) => backend.allocate(inputs[name]!.shape, 'float32');
  const input = inputGradient ? [like('input')] : [];
  const [inputKernel, recurrentKernel, bias] = [like('inputKernel'), like('recurrentKernel'), like('bias')];
  const initialH = like('initialH');
  const kernels = [inputKernel.values, recurrentKernel.values, bias.values, initialH.values] as const;
  return {
    common: [...input, inputKernel, recurrentKernel, bias],
    initialH,
    gradients: [input[0]?.values ?? null, ...kernels],
  };
}
