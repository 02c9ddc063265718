import * as tf from '@tensorflow/tfjs-core';
import {
  AttentionSequence,
  AttentionSequenceGrad,
  BidirectionalSequence,
  BidirectionalSequenceGrad,
  CrfForwardBackward,
  CrfLogLikelihood,
  CrfLogLikelihoodGrad,
  CrfViterbi,
  CtcLoss,
  CtcLossGrad,
  DropoutMask,
  GruSequence,
  GruSequenceGrad,
  InputFeedingSequence,
  InputFeedingSequenceGrad,
  LinearCrossEntropy,
  LstmSequence,
  LstmSequenceGrad,
  OptimizerStep,
  RnnSequence,
  RnnSequenceGrad,
  SoftAttention,
  SoftAttentionGrad,
  type CtcLossAttributes,
  type LinearCrossEntropyAttributes,
  type OptimizerStepAttributes,
  type SequenceGradAttributes,
} from '../ops/kernel-names.js';
import type { Cost } from './span.js';

/** A kernel's call as tfjs makes it, and what came out. */
export interface FinishedCall {
  readonly inputs: tf.NamedTensorInfoMap;
  readonly attrs: tf.NamedAttrMap;
  readonly outputs: readonly tf.TensorInfo[];
  /** the numbers of an input, for work that depends on them */
  readonly read: (tensor: tf.TensorInfo) => ArrayLike<number>;
}

type CostFormula = (call: FinishedCall) => Cost;

/**
 * What a call cannot avoid: the operations of its matrix products, and reading every input and writing every output
 * once. What an implementation reads again (weights in each time step, logits that leave the cache) is not counted, so
 * time that this cost cannot explain is time that a better one might save.
 */
export function kernelCost(name: string, call: FinishedCall): Cost {
  return (formulas[name] ?? movedBytes)(call);
}

function movedBytes({ inputs, outputs }: FinishedCall): Cost {
  const given = Object.values(inputs).flatMap((input) => input ?? []);
  // A view or a reshaped tensor shares its memory: nothing moves.
  const isView = outputs.length === 1 && given.some(({ dataId }) => dataId === outputs[0]!.dataId);
  return { operations: 0, bytes: isView ? 0 : bytesOf(given) + bytesOf(outputs) };
}

/** m·n·k products, and as many additions. */
function matrixProduct(call: FinishedCall): Cost {
  const { inputs, attrs, outputs } = call;
  const depth = inputs['a']!.shape.at(attrs['transposeA'] === true ? -2 : -1) ?? 1;
  return { ...movedBytes(call), operations: 2 * depth * tf.util.sizeFromShape(outputs[0]!.shape) };
}

/** Each place of the output by the whole filter, forwards and backwards; what windows see of the padding is counted, too. */
function convolution(call: FinishedCall): Cost {
  const filter = call.inputs['filter'] ?? call.outputs[0]!;
  const [batch, height, width] = (call.inputs['dy'] ?? call.outputs[0]!).shape as [number, number, number];
  return { ...movedBytes(call), operations: 2 * batch * height * width * tf.util.sizeFromShape(filter.shape) };
}

/** x·W and h·R for all N rows that are not padding: 2·N·GH·(I + H). */
function sequence(call: FinishedCall): Cost {
  const { rows, inputSize, hiddenSize, width } = sequenceSizes(call);
  return { ...movedBytes(call), operations: 2 * rows * width * (inputSize + hiddenSize) };
}

/** The gradients of both factors of both products: dx (where it is wanted) and dW, dh and dR. */
function sequenceGradient(call: FinishedCall): Cost {
  const { rows, inputSize, hiddenSize, width } = sequenceSizes(call);
  const { inputGradient } = call.attrs as unknown as SequenceGradAttributes;
  const operations = 2 * rows * width * ((inputGradient ? 2 : 1) * inputSize + 2 * hiddenSize);
  return { ...movedBytes(call), operations };
}

/** Of one direction; those of a bidirectional kernel are alike, so its `width` is that of both. */
function sequenceSizes({ inputs, read }: FinishedCall) {
  const [timeSteps, batchSize, inputSize] = inputs['input']!.shape as [number, number, number];
  const kernels = Object.keys(inputs).filter((name) => name.startsWith('recurrentKernel'));
  const [hiddenSize, gates] = inputs[kernels[0]!]!.shape as [number, number];
  const width = kernels.length * gates;
  const { lengths } = inputs;
  const rows = lengths ? Array.from(read(lengths)).reduce((sum, length) => sum + length, 0) : timeSteps * batchSize;
  return { rows, inputSize, hiddenSize, width };
}

/** The logits, and with gradients the two products of them: 2·N·H·V each. The logits themselves never need memory. */
function outputLoss(call: FinishedCall): Cost {
  const [rows, hiddenSize] = call.inputs['hidden']!.shape as [number, number];
  const { withGradient, transposeKernel } = call.attrs as unknown as LinearCrossEntropyAttributes;
  const vocabularySize = call.inputs['kernel']!.shape[transposeKernel ? 0 : 1]!;
  return { ...movedBytes(call), operations: (withGradient ? 6 : 2) * rows * hiddenSize * vocabularySize };
}

/** Scores and contexts: 2·Q·B·S·(A + W); `times` 2 for the gradients of both factors. What is past a length is not computed. */
const attended =
  (times: number): CostFormula =>
  (call) => {
    const { query, keys, values, lengths } = call.inputs;
    const [queries, batch, size] = query!.shape as [number, number, number];
    const places = lengths
      ? Array.from(call.read(lengths)).reduce((sum, length) => sum + length, 0)
      : batch * keys!.shape[0]!;
    return { ...movedBytes(call), operations: 2 * times * queries * places * (size + values!.shape[2]!) };
  };

/** Every kernel with all T·B rows, and scores and contexts of all steps; `times` 2 for the gradients of both factors. */
const attendingSequence =
  (times: number): CostFormula =>
  (call) => {
    const { input, keys, values, sourceLengths } = call.inputs;
    const [timeSteps, batch] = input!.shape as [number, number];
    const kernels = Object.entries(call.inputs).filter(([name]) => name.endsWith('Kernel'));
    const products = kernels.reduce((sum, [, kernel]) => sum + tf.util.sizeFromShape(kernel!.shape), 0);
    const places = sourceLengths
      ? Array.from(call.read(sourceLengths)).reduce((sum, length) => sum + length, 0)
      : batch * keys!.shape[0]!;
    const attended = places * (keys!.shape[2]! + values!.shape[2]!);
    return { ...movedBytes(call), operations: 2 * times * timeSteps * (batch * products + attended) };
  };

/** A sum over pairs of tags for each real step: K² products once for each of `walks`. */
const pairsOfTags =
  (walks: number): CostFormula =>
  (call) => {
    const tags = call.inputs['emissions']!.shape[2]!;
    const rows = Array.from(call.read(call.inputs['lengths']!)).reduce((sum, length) => sum + length, 0);
    return { ...movedBytes(call), operations: 2 * walks * rows * tags * tags };
  };

/** A label and a blank of each real frame: products and sums of three and of two; as much again backwards and for occupancies. */
function alignments(call: FinishedCall): Cost {
  const { labelLengths, lengths } = call.inputs;
  const labels = call.read(labelLengths!);
  const places = Array.from(call.read(lengths!)).reduce((sum, length, b) => sum + length * (labels[b]! + 1), 0);
  const { withGradient } = call.attrs as unknown as CtcLossAttributes;
  return { ...movedBytes(call), operations: (withGradient ? 16 : 5) * places };
}

/**
 * Gradients are read twice, because the norm must be known before the first update; parameters and moments are read and
 * written: of a gradient by rows only those rows where the rule leaves the others as they are.
 */
function optimizerStep({ attrs }: FinishedCall): Cost {
  const { updates, rule } = attrs as unknown as OptimizerStepAttributes;
  const bytes = updates.map(({ parameter, gradient, slots, rows, l1, l2, weightDecay }) => {
    const onlyRows = rows && rule.name === 'sgd' && l1 === 0 && l2 === 0 && weightDecay === 0;
    const updated = onlyRows ? [gradient] : [parameter, ...slots];
    return 2 * bytesOf([gradient]) + 2 * bytesOf(updated) + bytesOf(rows ? [rows] : []);
  });
  return { operations: 0, bytes: bytes.reduce((sum, each) => sum + each, 0) };
}

/** Only the rows that are picked are read. */
function gather({ inputs, outputs }: FinishedCall): Cost {
  return { operations: 0, bytes: bytesOf([inputs['indices']!]) + 2 * bytesOf(outputs) };
}

const formulas: Readonly<Record<string, CostFormula>> = {
  [RnnSequence]: sequence,
  [LstmSequence]: sequence,
  [GruSequence]: sequence,
  [RnnSequenceGrad]: sequenceGradient,
  [LstmSequenceGrad]: sequenceGradient,
  [GruSequenceGrad]: sequenceGradient,
  [BidirectionalSequence]: sequence,
  [AttentionSequence]: attendingSequence(1),
  [AttentionSequenceGrad]: attendingSequence(2),
  [InputFeedingSequence]: attendingSequence(1),
  [InputFeedingSequenceGrad]: attendingSequence(2),
  [BidirectionalSequenceGrad]: sequenceGradient,
  [LinearCrossEntropy]: outputLoss,
  [SoftAttention]: attended(1),
  [SoftAttentionGrad]: attended(2),
  [CrfLogLikelihood]: pairsOfTags(1),
  // forward, backward, and the pairs themselves
  [CrfLogLikelihoodGrad]: pairsOfTags(3),
  [CrfForwardBackward]: pairsOfTags(2),
  [CrfViterbi]: pairsOfTags(1),
  [CtcLoss]: alignments,
  [CtcLossGrad]: movedBytes,
  [OptimizerStep]: optimizerStep,
  [DropoutMask]: movedBytes,
  [tf.BatchMatMul]: matrixProduct,
  ['_FusedMatMul']: matrixProduct,
  [tf.Conv2D]: convolution,
  [tf.Conv2DBackpropInput]: convolution,
  [tf.Conv2DBackpropFilter]: convolution,
  [tf.GatherV2]: gather,
};

function bytesOf(tensors: readonly tf.TensorInfo[]): number {
  return tensors.reduce((sum, { shape, dtype }) => {
    const each = dtype === 'string' ? 0 : tf.util.bytesPerElement(dtype);
    return sum + tf.util.sizeFromShape(shape) * each;
  }, 0);
}
