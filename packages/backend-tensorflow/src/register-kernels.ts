import { registerKernel } from './kernel.js';
import { convolutionFilterGradient, convolutionInputGradient } from './kernels/convolution-gradients.js';
import { linearCrossEntropy } from './kernels/linear-cross-entropy.js';
import { registerOptimizerStep } from './kernels/optimizer-step.js';
import { sequenceGradientKernels, sequenceKernels } from './kernels/sequences.js';
import { sumRowsByIndex } from './kernels/sum-rows-by-index.js';

/** Registers unroll's fused kernels for tfjs-node's backend. */
export function registerKernels(): void {
  sequenceKernels.forEach((kernel) => registerKernel(kernel));
  sequenceGradientKernels.forEach((kernel) => registerKernel(kernel));
  registerKernel(linearCrossEntropy);
  registerKernel(sumRowsByIndex);
  registerKernel(convolutionInputGradient);
  registerKernel(convolutionFilterGradient);
  registerOptimizerStep();
}
