import { InputFeedingSequenceGrad } from '@unroll/core';
import type { Output } from '../backend.js';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { ofLayers, readInputFeeding } from './input-feeding.js';

const partsOfALayer = ['inputKernel', 'recurrentKernel', 'bias', 'recurrentBias', 'initialH', 'initialC'];

/** What may have a gradient, in the order of the contract. */
const differentiated = (layers: number) => [
  'input',
  ...Array.from({ length: layers }, (_, layer) => partsOfALayer.map((part) => `${layer}.${part}`)).flat(),
  'queryKernel',
  'combineKernel',
  'initialFeed',
  'scoreVector',
  'keys',
  'values',
];

export const inputFeedingSequenceGradKernel: NativeKernelConfig = {
  kernelName: InputFeedingSequenceGrad,
  run: (call) => {
    const { inputs, backend } = call;
    const { given, layers } = readInputFeeding(call);
    const present = differentiated(layers).filter((name) => inputs[name]);
    const gradients = new Map<string, Output>(
      present.map((name) => [name, backend.allocate(inputs[name]!.shape, 'float32')]),
    );
    const floats = (name: string) => backend.floats(inputs[name]!);
    const filled = (name: string) => gradients.get(name)?.values ?? null;
    const each = (name: string) => ofLayers(layers, (layer) => filled(`${layer}.${name}`) ?? undefined);
    nativeFunctions().inputFeedingSequenceGrad(
      ...given,
      floats('output'),
      floats('weights'),
      floats('workspace'),
      floats('dOutput'),
      floats('dWeights'),
      filled('input'),
      each('inputKernel'),
      each('recurrentKernel'),
      each('bias'),
      each('recurrentBias'),
      each('initialH'),
      each('initialC'),
      filled('queryKernel'),
      filled('combineKernel')!,
      filled('initialFeed')!,
      filled('scoreVector'),
      filled('keys')!,
      filled('values')!,
    );
    return [...gradients.values()];
  },
};
