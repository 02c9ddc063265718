import type { NativeKernelConfig } from '../kernel.js';
import { attentionSequenceKernel } from './AttentionSequence.js';
import { attentionSequenceGradKernel } from './AttentionSequenceGrad.js';
import { bidirectionalSequenceKernel } from './BidirectionalSequence.js';
import { bidirectionalSequenceGradKernel } from './BidirectionalSequenceGrad.js';
import { crfForwardBackwardKernel } from './CrfForwardBackward.js';
import { crfLogLikelihoodKernel } from './CrfLogLikelihood.js';
import { crfLogLikelihoodGradKernel } from './CrfLogLikelihoodGrad.js';
import { crfViterbiKernel } from './CrfViterbi.js';
import { ctcLossKernel } from './CtcLoss.js';
import { ctcLossGradKernel } from './CtcLossGrad.js';
import { dropoutMaskKernel } from './DropoutMask.js';
import { gruFanOutKernel } from './GruFanOut.js';
import { gruFanOutGradKernel } from './GruFanOutGrad.js';
import { gruSequenceKernel } from './GruSequence.js';
import { gruSequenceGradKernel } from './GruSequenceGrad.js';
import { inputFeedingSequenceKernel } from './InputFeedingSequence.js';
import { inputFeedingSequenceGradKernel } from './InputFeedingSequenceGrad.js';
import { linearCrossEntropyKernel } from './LinearCrossEntropy.js';
import { lstmSequenceKernel } from './LstmSequence.js';
import { lstmSequenceGradKernel } from './LstmSequenceGrad.js';
import { normalizeBatchKernel } from './NormalizeBatch.js';
import { normalizeBatchGradKernel } from './NormalizeBatchGrad.js';
import { optimizerStepKernel } from './OptimizerStep.js';
import { rnnSequenceKernel } from './RnnSequence.js';
import { rnnSequenceGradKernel } from './RnnSequenceGrad.js';
import { softAttentionKernel } from './SoftAttention.js';
import { softAttentionGradKernel } from './SoftAttentionGrad.js';
import { spectralFeaturesKernel } from './SpectralFeatures.js';
import { stackStepperKernel } from './StackStepper.js';
import { sumRowsByIndexKernel } from './SumRowsByIndex.js';

/** The kernels that core names and tfjs does not know: recurrent sequences, attention, losses of output layers, the optimizer, sparse gradients, single steps, features of sound. */
export const fusedKernels: readonly NativeKernelConfig[] = [
  rnnSequenceKernel,
  rnnSequenceGradKernel,
  lstmSequenceKernel,
  lstmSequenceGradKernel,
  gruSequenceKernel,
  gruSequenceGradKernel,
  bidirectionalSequenceKernel,
  bidirectionalSequenceGradKernel,
  attentionSequenceKernel,
  attentionSequenceGradKernel,
  inputFeedingSequenceKernel,
  inputFeedingSequenceGradKernel,
  gruFanOutKernel,
  gruFanOutGradKernel,
  softAttentionKernel,
  softAttentionGradKernel,
  linearCrossEntropyKernel,
  crfLogLikelihoodKernel,
  crfLogLikelihoodGradKernel,
  crfForwardBackwardKernel,
  crfViterbiKernel,
  ctcLossKernel,
  ctcLossGradKernel,
  normalizeBatchKernel,
  normalizeBatchGradKernel,
  optimizerStepKernel,
  dropoutMaskKernel,
  sumRowsByIndexKernel,
  stackStepperKernel,
  spectralFeaturesKernel,
];
