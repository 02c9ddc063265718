import type { InputFeedingAttributes } from '@unroll/core';
import type { KernelCall } from '../kernel.js';
import type { InputFeedingArguments } from './fused-functions.js';

const nothing = new Float32Array(0);

/** One list of arrays, an empty one for each layer that has none. */
export const ofLayers = (layers: number, values: (layer: number) => Float32Array | undefined): Float32Array[] =>
  Array.from({ length: layers }, (_, layer) => values(layer) ?? nothing);

/** What the kernel and its gradient begin with, read once. */
export function readInputFeeding(call: KernelCall): {
  readonly given: InputFeedingArguments;
  readonly layers: number;
  /** numbers of the workspace; the addon's header says what they are */
  readonly workspace: number;
} {
  const { inputs, backend } = call;
  const { cell, layers, score, scale } = call.attrs as unknown as InputFeedingAttributes;
  const floats = (name: string) => backend.floats(inputs[name]!);
  const optional = (name: string) => (inputs[name] ? floats(name) : null);
  const each = (name: string) => ofLayers(layers, (layer) => optional(`${layer}.${name}`) ?? undefined);
  const [timeSteps, batchSize, inputSize] = inputs['input']!.shape as [number, number, number];
  const [sourceSteps, , keySize] = inputs['keys']!.shape as [number, number, number];
  const hiddenSize = inputs['initialFeed']!.shape[1]!;
  const valueSize = inputs['values']!.shape[2]!;
  const lengths = inputs['sourceLengths'];
  const given: InputFeedingArguments = [
    timeSteps,
    batchSize,
    inputSize,
    hiddenSize,
    sourceSteps,
    keySize,
    valueSize,
    cell,
    score,
    scale,
    floats('input'),
    each('inputKernel'),
    each('recurrentKernel'),
    each('bias'),
    each('recurrentBias'),
    each('initialH'),
    each('initialC'),
    each('recurrentMask'),
    each('inputMask'),
    optional('queryKernel'),
    floats('combineKernel'),
    floats('initialFeed'),
    optional('scoreVector'),
    floats('keys'),
    floats('values'),
    lengths ? backend.ints(lengths) : null,
  ];
  const ofAStep = layers * (cell === 'lstm' ? 6 : 5) * hiddenSize + valueSize + (inputs['queryKernel'] ? keySize : 0);
  return { given, layers, workspace: timeSteps * batchSize * ofAStep };
}
