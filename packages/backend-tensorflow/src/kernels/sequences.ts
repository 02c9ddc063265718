import {
  GruSequence,
  GruSequenceGrad,
  LstmSequence,
  LstmSequenceGrad,
  RnnSequence,
  RnnSequenceGrad,
  type RnnSequenceAttributes,
  type SequenceAttributes,
  type SequenceGradAttributes,
} from '@unroll/core';
import type { TensorFlowKernel } from '../kernel.js';
import type { TensorOps, Value } from '../tensor-ops.js';
import { walkChain, walkChainGradient, type SequenceValues, type WalkGradients } from './chain.js';
import type { ChainCell } from './chain-cell.js';
import { isCudnnRight } from './cudnn-check.js';
import { cudnnKnows, walkCudnn, walkCudnnGradient, type CudnnMode } from './cudnn.js';
import { elmanChain } from './elman-chain.js';
import { gruChain } from './gru-chain.js';
import { lstmChain } from './lstm-chain.js';

type Attributes = SequenceAttributes & Partial<RnnSequenceAttributes>;
type Forward = TensorFlowKernel<SequenceValues, Attributes>;
type Backward = TensorFlowKernel<SequenceValues & WalkGradients, Attributes & SequenceGradAttributes>;

const cellOf: Readonly<Record<string, (attributes: Attributes) => ChainCell>> = {
  [RnnSequence]: ({ activation }) => elmanChain(activation!),
  [LstmSequence]: () => lstmChain,
  [GruSequence]: () => gruChain,
};

function modeOf(kernelName: string, { activation }: Attributes): CudnnMode {
  if (kernelName === RnnSequence) return activation === 'relu' ? 'rnn_relu' : 'rnn_tanh';
  return kernelName === LstmSequence ? 'lstm' : 'gru';
}

/** Both passes of a layer ask the same, and get the same answer. */
function usesCudnn(
  ops: TensorOps,
  values: SequenceValues,
  { mode, cell }: { mode: CudnnMode; cell: ChainCell },
): boolean {
  return ops.hasGpu && cudnnKnows(ops, values) && isCudnnRight(ops, mode, cell);
}

function forward(kernelName: string): Forward {
  return {
    kernelName,
    run: (ops, values, attributes) => {
      const [cell, mode] = [cellOf[kernelName]!(attributes), modeOf(kernelName, attributes)];
      const options = { values, reverse: attributes.reverse };
      const walk = usesCudnn(ops, values, { mode, cell })
        ? walkCudnn(ops, mode, options)
        : walkChain(ops, cell, options);
      const { output, final, gates, cells } = walk;
      return present([output, final.h, final.c, gates, cells]);
    },
  };
}

function backward(kernelName: string, gradientName: string): Backward {
  return {
    kernelName: gradientName,
    run: (ops, values, attributes) => {
      const { reverse, inputGradient } = attributes;
      const [cell, mode] = [cellOf[kernelName]!(attributes), modeOf(kernelName, attributes)];
      const given = { values, gradients: values, reverse, inputGradient };
      const fast = usesCudnn(ops, values, { mode, cell });
      return present(fast ? walkCudnnGradient(ops, mode, given) : walkChainGradient(ops, cell, given));
    },
  };
}

function present(values: readonly (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined);
}

export const sequenceKernels = [forward(RnnSequence), forward(LstmSequence), forward(GruSequence)];
export const sequenceGradientKernels = [
  backward(RnnSequence, RnnSequenceGrad),
  backward(LstmSequence, LstmSequenceGrad),
  backward(GruSequence, GruSequenceGrad),
];
