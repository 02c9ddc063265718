import { AttentionSequenceGrad } from '@unroll/core';
import type { Output } from '../backend.js';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readAttentionSequence } from './attention-sequence.js';
import type { TransitionArguments } from './fused-functions.js';

const ofTransition = (name: string) =>
  ['inputKernel', 'recurrentKernel', 'bias', 'recurrentBias'].map((part) => `${name}.${part}`);

/** What has a gradient, in the order of the contract. */
const differentiated = [
  'input',
  ...ofTransition('first'),
  ...ofTransition('second'),
  'queryKernel',
  'scoreVector',
  'keys',
  'values',
  'initialH',
  'initialC',
];

export const attentionSequenceGradKernel: NativeKernelConfig = {
  kernelName: AttentionSequenceGrad,
  run: (call) => {
    const { inputs, backend } = call;
    const { given } = readAttentionSequence(call);
    const present = differentiated.filter((name) => inputs[name]);
    const gradients = new Map<string, Output>(
      present.map((name) => [name, backend.allocate(inputs[name]!.shape, 'float32')]),
    );
    const floats = (name: string) => backend.floats(inputs[name]!);
    const filled = (name: string) => gradients.get(name)?.values ?? null;
    const transition = (name: string) => ofTransition(name).map(filled) as unknown as TransitionArguments;
    nativeFunctions().attentionSequenceGrad(
      ...given,
      floats('output'),
      floats('contexts'),
      floats('weights'),
      floats('workspace'),
      floats('dOutput'),
      floats('dContexts'),
      floats('dWeights'),
      floats('dFinalH'),
      inputs['dFinalC'] ? floats('dFinalC') : null,
      filled('input'),
      ...transition('first'),
      ...transition('second'),
      filled('queryKernel'),
      filled('scoreVector'),
      filled('keys')!,
      filled('values')!,
      filled('initialH')!,
      filled('initialC'),
    );
    return [...gradients.values()];
  },
};
