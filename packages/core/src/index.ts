// First: the engine's tensors are those of the copy of TensorFlow.js that was loaded before the other.
import '@tensorflow/tfjs-core';
import '#gradients';

export * from './errors.js';
export { ElmanCell, type ElmanOptions, type ElmanState } from './cells/elman.js';
export { LstmCell, type LstmOptions, type LstmState } from './cells/lstm.js';
export { GruCell, type GruOptions, type GruState } from './cells/gru.js';
export { type CellInitializers, type CellOptions } from './cells/cell-parts.js';
export { cellNames, createCell, type CellName } from './cells/create-cell.js';
export { gateOrder, negateGate, reorderGates, type GateReorder } from './cells/gate-order.js';
export { exportPyTorch, importPyTorch, type PyTorchOptions } from './interop/pytorch.js';
export type { Cell, CellState, SequenceOptions, SequenceResult } from './cells/cell.js';
export { Attention, type AttentionLayerOptions, type AttentionMemory } from './layers/attention.js';
export {
  AttentiveLayer,
  type AttentiveLayerOptions,
  type AttentiveSequenceOptions,
  type AttentiveSequenceResult,
  type AttentiveStep,
} from './layers/attentive-layer.js';
export {
  bidirectional,
  type BidirectionalCells,
  type BidirectionalOptions,
  type BidirectionalResult,
} from './layers/bidirectional.js';
export { BatchNorm, type BatchNormOptions, type RunningStatistics } from './layers/batch-norm.js';
export { Convolution, type ConvolutionOptions } from './layers/convolution.js';
export { dilatedUnroll } from './layers/dilated.js';
export { dropout, lockedDropout, type DropoutOptions } from './layers/dropout.js';
export { Embedding, type EmbeddingOptions } from './layers/embedding.js';
export { LayerNorm, type LayerNormOptions } from './layers/layer-norm.js';
export { Linear, TiedLinear, type Head, type LinearOptions, type TiedLinearOptions } from './layers/linear.js';
export {
  Stack,
  type StackApplyOptions,
  type StackDropout,
  type StackOptions,
  type StackResult,
} from './layers/stack.js';
export { stateFromRecord, stateToRecord, type LayerState, type StackState } from './layers/stack-state.js';
export { createStepper, type Stepper } from './layers/stepper.js';
export type { StepperOptions } from './layers/stepper-parts.js';
export { unroll, type UnrollOptions } from './layers/unroll.js';
export {
  crossEntropy,
  linearCrossEntropy,
  type CrossEntropyResult,
  type CrossEntropyTargets,
  type LabelSmoothing,
  type LinearCrossEntropyOptions,
  type LinearCrossEntropyTensors,
} from './losses/cross-entropy.js';
export { attention } from './ops/attention.js';
export {
  attentionSequence,
  type AttentionSequenceOutputs,
  type AttentionSequenceTensors,
  type TransitionTensors,
} from './ops/attention-sequence.js';
export type { AttentionOptions, AttentionResult, AttentionTensors } from './ops/attention-tensors.js';
export {
  bidirectionalSequence,
  type BidirectionalSequenceOutputs,
  type BidirectionalSequenceTensors,
  type DirectionState,
  type DirectionTensors,
} from './ops/bidirectional-sequence.js';
export { crfForwardBackward, type CrfForwardBackwardResult } from './ops/crf-forward-backward.js';
export { crfLogLikelihood, type CrfLikelihoodTensors } from './ops/crf-log-likelihood.js';
export { forbiddenScore, type CrfTensors } from './ops/crf-tensors.js';
export { crfViterbi, type CrfViterbiOptions, type CrfViterbiResult } from './ops/crf-viterbi.js';
export { ctcAlign, type CtcAlignment, type CtcAlignOptions } from './ops/ctc-align.js';
export { ctcGreedy, joinRepetitions, type CtcGreedyOptions, type CtcGreedyResult } from './ops/ctc-greedy.js';
export { ctcMinimumFrames, type CtcOptions } from './ops/ctc-labels.js';
export { ctcLoss } from './ops/ctc-loss.js';
export { dropoutMask } from './ops/dropout-mask.js';
export { gatherRows } from './ops/gather-rows.js';
export { gruFanOut, type GruFanOutTensors } from './ops/gru-fan-out.js';
export { gruSequence, type GruSequenceOutputs, type GruSequenceTensors } from './ops/gru-sequence.js';
export { fourierTable, fourierTransform } from './ops/fourier.js';
export { hasKernel } from './ops/has-kernel.js';
export {
  inputFeedingSequence,
  type FedLayerTensors,
  type InputFeedingOutputs,
  type InputFeedingTensors,
} from './ops/input-feeding-sequence.js';
export * from './ops/batch-norm-kernel.js';
export * from './ops/kernel-names.js';
export { fusedKernelNames } from './ops/fused-kernels.js';
export { logSoftmax, logSoftmaxRows } from './ops/log-softmax.js';
export { lstmSequence, type LstmSequenceOutputs, type LstmSequenceTensors } from './ops/lstm-sequence.js';
export { pathCounts, type Path } from './ops/path-counts.js';
export type { TableRows } from './ops/sum-rows-by-index.js';
export { spectralColumns, spectralFeatures } from './ops/spectral-features.js';
export * from './ops/spectral-plan.js';
export { rnnSequence, type RnnSequenceOutputs, type RnnSequenceTensors } from './ops/rnn-sequence.js';
export { lengthsFromMask, maskFromLengths } from './sequences/lengths.js';
export { reverseValid } from './sequences/reverse.js';
export { swapBatchAndTime } from './sequences/time-major.js';
export * as initializers from './tensors/initializers.js';
export type { Initializer } from './tensors/initializers.js';
export { createParameter, disposeParameters, prefixParameters, type Parameters } from './tensors/parameters.js';
export { deriveKey, normal, permutation, randomKey, threefry, uniform, type RandomKey } from './tensors/random.js';
export { assertShape, assertType, type Axes } from './tensors/shapes.js';
export { tidy } from './tensors/tidy.js';
export type * from './reports/chart.js';
export { collectCurves, type Curve, type Curves } from './reports/curves.js';
export { renderMarkdown } from './reports/markdown.js';
export { describeVerdict, type Verdict, type VerdictWords } from './reports/verdict.js';
export {
  formatBytes,
  formatDuration,
  formatNumber,
  spacedName,
  tokenUnits,
  type ReportHeatMap,
  type ReportPicture,
  type ReportSample,
  type ReportSection,
  type ReportTable,
  type ReportUnits,
  type RunReport,
} from './reports/report.js';
export { encodeFileVersion, encodeScalarEvent, type ScalarEvent } from './reports/tensorboard.js';
export { fingerprint } from './crc32c.js';
export { Vocabulary, type SpecialTokens, type VocabularyOptions } from './data/vocabulary.js';
export { createBuckets, type BucketLimits, type BucketOptions, type Buckets } from './data/bucketing.js';
export type { ByteSource, DataSource, FileTree, PairedSource, TreeSource } from './data/byte-source.js';
export {
  countCodePoints,
  linesOf,
  rawLinesOf,
  textOf,
  wholeText,
  withoutLineEnd,
  type TextSource,
} from './data/text-source.js';
export { applySetting, mergeConfig, parseConfig, presetByName, setByPath, type Frozen } from './config.js';
export { optimizerSchema, parameterGroupSchema } from './optimizers/optimizer-config.js';
export type { OptimizerConfig, ParameterGroup } from './optimizers/optimizer-config.js';
export type { Gradient } from './optimizers/gradient.js';
export { createOptimizer, type Optimizer, type OptimizerOptions } from './optimizers/optimizer.js';
export { scheduleFactor, scheduleSchema, type ScheduleConfig } from './optimizers/schedules.js';
export { assignArrays, toNamedArrays, toTensors } from './training/checkpoint.js';
export type { Checkpoint, CheckpointStore, TrainingProgress } from './training/checkpoint.js';
export { modelVariables } from './training/buffers.js';
export { differentiate } from './training/differentiate.js';
export { breathe, breatheEvery } from './training/breathe.js';
export { evaluate, type EvaluateOptions } from './training/evaluate.js';
export type * from './training/events.js';
export { train } from './training/trainer.js';
export type { TrainOptions } from './training/run.js';
export { trainingConfigSchema } from './training/training-config.js';
export type { TrainingConfig, TrainingConfigInput } from './training/training-config.js';
export { parseModel, serializeModel } from './model-file.js';
export { assignSavedArrays, parseSavedConfig, savedFile, type SavedFiles } from './saved-model.js';
export { parseSafetensors, serializeSafetensors } from './safetensors.js';
export type { NamedArray, NamedArrays, SafetensorsContent } from './safetensors.js';
export type * from './training/task.js';
export { checkSampling, drawFrom, samplingDistribution, type SamplingOptions } from './sampling.js';
export {
  approximateRandomization,
  bootstrapInterval,
  pairedBootstrap,
  type ItemSums,
  type PairedBootstrap,
  type ScoreInterval,
  type SignificanceOptions,
} from './metrics/significance.js';
export { computeMetrics, mean, ratio, type Metric, type Statistic } from './metrics/metric.js';
