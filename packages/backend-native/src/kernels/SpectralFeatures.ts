import { SpectralFeatures, spectralColumns, type SpectralFeaturesAttributes } from '@unroll/core';
import type { NativeKernelConfig } from '../kernel.js';
import { nativeFunctions } from '../native.js';

export const spectralFeaturesKernel: NativeKernelConfig = {
  kernelName: SpectralFeatures,
  run: ({ inputs, attrs, backend }) => {
    const { plan, frames } = attrs as unknown as SpectralFeaturesAttributes;
    const features = backend.allocate([frames.count, spectralColumns(plan)], 'float32');
    nativeFunctions().spectralFeatures(
      backend.floats(inputs['samples']!),
      frames.first,
      frames.count,
      plan.hopLength,
      plan.fftSize,
      plan.table,
      plan.window.length,
      plan.window,
      plan.scale,
      plan.removeMean,
      plan.preEmphasis,
      plan.filterRanges.length / 2,
      plan.filterRanges,
      plan.filterWeights.length,
      plan.filterWeights,
      plan.floor,
      plan.factor,
      plan.energyScale,
      features.values,
    );
    return features;
  },
};
