import type { AttentionSequenceAttributes } from '@unroll/core';
import type { KernelCall } from '../kernel.js';
import type { AttentionSequenceArguments, TransitionArguments } from './fused-functions.js';

export interface AttentionSequenceSizes {
  readonly timeSteps: number;
  readonly batchSize: number;
  readonly hiddenSize: number;
  readonly sourceSteps: number;
  readonly valueSize: number;
  /** numbers of the workspace; the addon's header says what they are */
  readonly workspace: number;
}

/** What the kernel and its gradient begin with, read once. */
export function readAttentionSequence(call: KernelCall): {
  readonly given: AttentionSequenceArguments;
  readonly sizes: AttentionSequenceSizes;
  readonly attributes: AttentionSequenceAttributes;
} {
  const { inputs, backend } = call;
  const attributes = call.attrs as unknown as AttentionSequenceAttributes;
  const floats = (name: string) => backend.floats(inputs[name]!);
  const optional = (name: string) => (inputs[name] ? floats(name) : null);
  const transition = (name: string): TransitionArguments => [
    optional(`${name}.inputKernel`),
    optional(`${name}.recurrentKernel`),
    optional(`${name}.bias`),
    optional(`${name}.recurrentBias`),
  ];
  const [timeSteps, batchSize, inputSize] = inputs['input']!.shape as [number, number, number];
  const [sourceSteps, , keySize] = inputs['keys']!.shape as [number, number, number];
  const hiddenSize = inputs['initialH']!.shape[1]!;
  const valueSize = inputs['values']!.shape[2]!;
  const { cell, attends, score, scale } = attributes;
  const lengths = inputs['sourceLengths'];
  const given: AttentionSequenceArguments = [
    timeSteps,
    batchSize,
    inputSize,
    hiddenSize,
    sourceSteps,
    keySize,
    valueSize,
    cell,
    attends,
    score,
    scale,
    floats('input'),
    ...transition('first'),
    ...transition('second'),
    optional('queryKernel'),
    optional('scoreVector'),
    floats('keys'),
    floats('values'),
    lengths ? backend.ints(lengths) : null,
    floats('initialH'),
    optional('initialC'),
    optional('recurrentDropoutMask'),
  ];
  const transitions = attends === 'between' ? 2 : 1;
  const ofStates = (transitions - 1) * hiddenSize + (cell === 'lstm' ? transitions * hiddenSize : 0);
  const ofQueries = attends === 'between' && !inputs['queryKernel'] ? 0 : keySize;
  const workspace = timeSteps * batchSize * (transitions * 4 * hiddenSize + ofStates + ofQueries);
  return { given, sizes: { timeSteps, batchSize, hiddenSize, sourceSteps, valueSize, workspace }, attributes };
}
