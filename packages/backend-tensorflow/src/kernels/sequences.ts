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
import type { Value } from '../tensor-ops.js';
import { walkChain, walkChainGradient, type SequenceValues, type WalkGradients } from './chain.js';
import type { ChainCell } from './chain-cell.js';
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

function forward(kernelName: string): Forward {
  return {
    kernelName,
    run: (ops, values, attributes) => {
      const walk = walkChain(ops, cellOf[kernelName]!(attributes), { values, reverse: attributes.reverse });
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
      const cell = cellOf[kernelName]!(attributes);
      return present(walkChainGradient(ops, cell, { values, gradients: values, reverse, inputGradient }));
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
