import type * as tf from '@tensorflow/tfjs-core';
import type { SequenceAttributes, SequenceGradAttributes } from '@unroll/core';
import type { Output } from '../backend.js';
import type { KernelCall, NativeKernel } from '../kernel.js';
import type { SequenceArguments, SequenceGradients } from './fused-functions.js';

/** Which columns of the rows of `output` and `dOutput` a walk has: all of them, or one direction's half. */
export interface Columns {
  readonly first: number;
  /** numbers in a row */
  readonly stride: number;
}

/** What the walks of all cells have in common: sizes, arguments and the tensors that they fill. */
export interface SequenceCall extends KernelCall {
  readonly hiddenSize: number;
  readonly sequence: SequenceArguments;
  /** the numbers of a further float32 input */
  readonly floats: (name: string) => Float32Array;
  /** this walk's part of a tensor `[time, batch, stride]` */
  readonly columnsOf: (values: Float32Array) => Float32Array;
  /** `[time, batch, width]`, to be filled */
  readonly steps: (width: number) => Output;
  /** `[batch, hiddenSize]`, to be filled */
  readonly state: () => Output;
}

/** One walk: its arguments for the addon, and what it fills besides `output`. */
export interface Walk<Arguments> {
  readonly call: Arguments;
  readonly finals: readonly Output[];
  /** what only the gradient kernel reads */
  readonly internals: readonly Output[];
}

/** One walk back; `gradients` are those of its inputs but `input`, in the order of the contract. */
export interface WalkBack<Arguments> {
  readonly call: Arguments;
  readonly gradients: readonly Output[];
}

export type MakeWalk<Arguments> = (call: SequenceCall, output: Float32Array) => Walk<Arguments>;
export type MakeWalkBack<Arguments> = (call: SequenceCall, dInput: Float32Array | null) => WalkBack<Arguments>;

/** The arguments of a walk, read once. @param columns - all of H unless given */
export function readSequence(call: KernelCall, columns?: Columns): SequenceCall {
  const { inputs, attrs, backend } = call;
  const floats = (name: string) => backend.floats(inputs[name]!);
  const { lengths, recurrentDropoutMask } = inputs;
  const [timeSteps, batchSize, inputSize] = inputs['input']!.shape as [number, number, number];
  const hiddenSize = inputs['recurrentKernel']!.shape[0]!;
  const { first, stride } = columns ?? { first: 0, stride: hiddenSize };
  return {
    ...call,
    hiddenSize,
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
      stride,
    ],
    floats,
    columnsOf: (values) => values.subarray(first, Math.max(first, values.length - stride + first + hiddenSize)),
    steps: (width) => backend.allocate([timeSteps, batchSize, width], 'float32'),
    state: () => backend.allocate([batchSize, hiddenSize], 'float32'),
  };
}

export interface GradientOutputs {
  /** in the order of the inputs: inputKernel, recurrentKernel, bias */
  readonly common: readonly Output[];
  readonly initialH: Output;
  readonly gradients: SequenceGradients;
}

/** Tensors shaped like the inputs whose gradients they will hold. */
export function allocateGradients({ inputs, backend }: KernelCall, dInput: Float32Array | null): GradientOutputs {
  const like = (name: string) => backend.allocate(inputs[name]!.shape, 'float32');
  const [inputKernel, recurrentKernel, bias] = [like('inputKernel'), like('recurrentKernel'), like('bias')];
  const initialH = like('initialH');
  return {
    common: [inputKernel, recurrentKernel, bias],
    initialH,
    gradients: [dInput, inputKernel.values, recurrentKernel.values, bias.values, initialH.values],
  };
}

/** The gradient of `input`, where it is asked for. */
export function allocateInputGradient({ inputs, attrs, backend }: KernelCall): readonly Output[] {
  const { inputGradient } = attrs as unknown as SequenceGradAttributes;
  return inputGradient ? [backend.allocate(inputs['input']!.shape, 'float32')] : [];
}

/** The kernel of a single walk. */
export function sequenceKernel<Arguments extends unknown[]>(
  makeWalk: MakeWalk<Arguments>,
  run: (...call: Arguments) => void,
): NativeKernel {
  return (kernelCall) => {
    const sequence = readSequence(kernelCall);
    const output = sequence.steps(sequence.hiddenSize);
    const { call, finals, internals } = makeWalk(sequence, output.values);
    run(...call);
    return [output, ...finals, ...internals] satisfies tf.TensorInfo[];
  };
}

/** The kernel of a single walk back. */
export function sequenceGradKernel<Arguments extends unknown[]>(
  makeWalkBack: MakeWalkBack<Arguments>,
  run: (...call: Arguments) => void,
): NativeKernel {
  return (kernelCall) => {
    const input = allocateInputGradient(kernelCall);
    const { call, gradients } = makeWalkBack(readSequence(kernelCall), input[0]?.values ?? null);
    run(...call);
    return [...input, ...gradients];
  };
}
