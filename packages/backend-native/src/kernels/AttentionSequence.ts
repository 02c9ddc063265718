import { AttentionSequence } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readAttentionSequence } from './attention-sequence.js';

export const attentionSequenceKernel: NativeKernelConfig = {
  kernelName: AttentionSequence,
  run: (call) => {
    const { given, sizes, attributes } = readAttentionSequence(call);
    const { timeSteps, batchSize, hiddenSize, sourceSteps, valueSize } = sizes;
    const make = (...shape: number[]) => call.backend.allocate(shape, 'float32');
    const [output, contexts, weights] = [hiddenSize, valueSize, sourceSteps].map((width) =>
      make(timeSteps, batchSize, width),
    );
    const finals = Array.from({ length: attributes.cell === 'lstm' ? 2 : 1 }, () => make(batchSize, hiddenSize));
    const workspace = make(sizes.workspace);
    const steps = [output!.values, contexts!.values, weights!.values] as const;
    const states = [finals[0]!.values, finals[1]?.values ?? null] as const;
    nativeFunctions().attentionSequence(...given, ...steps, ...states, workspace.values);
    return [output!, contexts!, weights!, ...finals, workspace];
  },
};
