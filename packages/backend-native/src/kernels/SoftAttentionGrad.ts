import { SoftAttentionGrad } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';
import { readAttention } from './SoftAttention.js';

export const softAttentionGradKernel: NativeKernelConfig = {
  kernelName: SoftAttentionGrad,
  run: (call) => {
    const { inputs, backend } = call;
    const like = (name: string) => backend.allocate(inputs[name]!.shape, 'float32');
    const [dQuery, dKeys, dValues, dScores] = [like('query'), like('keys'), like('values'), like('weights')];
    const dScoreVector = inputs['scoreVector'] && like('scoreVector');
    nativeFunctions().attentionGrad(
      ...readAttention(call),
      backend.floats(inputs['weights']!),
      backend.floats(inputs['dContext']!),
      backend.floats(inputs['dWeights']!),
      dQuery.values,
      dKeys.values,
      dValues.values,
      dScoreVector?.values ?? null,
      dScores.values,
    );
    if (!inputs['scoreBias']) backend.disposeData(dScores.dataId);
    return [dQuery, dKeys, dValues, ...(dScoreVector ? [dScoreVector] : []), ...(inputs['scoreBias'] ? [dScores] : [])];
  },
};
