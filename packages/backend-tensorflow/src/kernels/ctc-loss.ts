import { CtcLoss, CtcLossGrad, ctcMinimumFrames, type CtcLossAttributes } from '@unroll/core';
import type { TensorFlowKernel } from '../kernel.js';
import type { TensorOps, Value } from '../tensor-ops.js';

interface Inputs {
  readonly logits: Value;
  readonly labels: Value;
  readonly labelLengths: Value;
  readonly lengths: Value;
}

/** TensorFlow's op gives the gradient with the loss, so that is what is kept in place of the occupancy, `[T, B, C]`. */
export const ctcLoss: TensorFlowKernel<Inputs, CtcLossAttributes> = {
  kernelName: CtcLoss,
  run: (ops, inputs, { blank, withGradient }) => {
    const symbols = inputs.logits.shape[2]!;
    const sequences = readSequences(ops, inputs);
    const lastIsBlank = takeColumns(ops, inputs.logits, rotation(symbols, blank));
    const [losses, gradient] = ops.runAll(
      'CTCLoss',
      [lastIsBlank, ...sparseLabels(ops, sequences, blank), inputs.lengths],
      {
        attributes: [ops.attribute('ignore_longer_outputs_than_inputs', true)],
        outputs: 2,
      },
    );
    const spoken = ops.floats(sequences.map(({ labels, possible }) => (possible && labels.length > 0 ? 1 : 0)));
    const corrected = choose(ops, spoken, losses!, lossesOfRest(ops, lastIsBlank, sequences));
    if (!withGradient) return [corrected];
    const column = ops.reshape(spoken, [1, sequences.length, 1]);
    const whole = choose(ops, column, gradient!, gradientOfRest(ops, lastIsBlank, sequences));
    return [corrected, takeColumns(ops, whole, inverse(rotation(symbols, blank)))];
  },
};

/** dLosses is the only input that the forward pass did not know. */
export const ctcLossGradient: TensorFlowKernel<
  { readonly occupancy: Value; readonly dLosses: Value },
  CtcLossAttributes
> = {
  kernelName: CtcLossGrad,
  run: (ops, { occupancy, dLosses }) => ops.multiply(occupancy, ops.reshape(dLosses, [1, dLosses.shape[0]!, 1])),
};

interface Sequence {
  readonly labels: Int32Array;
  readonly length: number;
  readonly possible: boolean;
}

function readSequences(ops: TensorOps, { labels, labelLengths, lengths }: Inputs): Sequence[] {
  const [ids, counts, frames] = [labels, labelLengths, lengths].map((value) => ops.read(value) as Int32Array);
  const most = labels.shape[1]!;
  return Array.from(frames!, (length, b) => {
    const own = ids!.slice(b * most, b * most + counts![b]!);
    return { labels: own, length, possible: ctcMinimumFrames(own) <= length };
  });
}

/** The columns in TensorFlow's order: the blank is the last symbol. */
function rotation(symbols: number, blank: number): number[] {
  const all = Array.from({ length: symbols }, (_, k) => k);
  return [...all.filter((k) => k !== blank), blank];
}

function inverse(order: readonly number[]): number[] {
  return Array.from(order, (_, k) => order.indexOf(k));
}

function takeColumns(ops: TensorOps, value: Value, order: readonly number[]): Value {
  if (order.every((column, k) => column === k)) return value;
  return ops.run('GatherV2', [value, ops.integers(order), ops.integers([2], [])]);
}

/** Indices and values of TensorFlow's sparse labels. It takes no sequence without labels: such a one is given one, and its result is not used. */
function sparseLabels(ops: TensorOps, sequences: readonly Sequence[], blank: number): [Value, Value] {
  const given = sequences.map(({ labels }) => (labels.length > 0 ? labels : Int32Array.of(0)));
  const indices = given.flatMap((labels, b) => Array.from(labels, (_, i) => [b, i]).flat());
  const values = given.flatMap((labels) => Array.from(labels, (label) => (label > blank ? label - 1 : label)));
  return [ops.cast(ops.integers(indices, [values.length, 2]), 'int64'), ops.integers(values)];
}

/** Where nothing is said the loss is that of blanks alone; what cannot be said is infinite. */
function lossesOfRest(ops: TensorOps, lastIsBlank: Value, sequences: readonly Sequence[]): Value {
  const impossible = ops.floats(sequences.map(({ possible }) => (possible ? 0 : Infinity)));
  if (!sequences.some(isSilent)) return impossible;
  const [time, batch, symbols] = lastIsBlank.shape as [number, number, number];
  const logProbabilities = ops.run('LogSoftmax', [ops.reshape(lastIsBlank, [time * batch, symbols])]);
  const ofBlank = takeLastColumn(ops, ops.reshape(logProbabilities, lastIsBlank.shape));
  const zeros = ops.scalar(0);
  const real = choose(ops, ops.reshape(silentFrames(ops, time, sequences), [time, batch]), ofBlank, zeros);
  return ops.subtract(impossible, ops.sum(real, [0]));
}

/** y − onehot(blank) where nothing is said; zeros where it cannot be said. */
function gradientOfRest(ops: TensorOps, lastIsBlank: Value, sequences: readonly Sequence[]): Value {
  if (!sequences.some(isSilent)) return ops.scalar(0);
  const [time, batch, symbols] = lastIsBlank.shape as [number, number, number];
  const rows = ops.run('Softmax', [ops.reshape(lastIsBlank, [time * batch, symbols])]);
  const blank = ops.floats(Array.from({ length: symbols }, (_, k) => (k === symbols - 1 ? 1 : 0)));
  const difference = ops.reshape(ops.subtract(rows, blank), lastIsBlank.shape);
  return choose(ops, silentFrames(ops, time, sequences), difference, ops.scalar(0));
}

function isSilent({ labels }: Sequence): boolean {
  return labels.length === 0;
}

/** 1 at the frames of sequences that say nothing, `[T, B, 1]`. */
function silentFrames(ops: TensorOps, time: number, sequences: readonly Sequence[]): Value {
  const isSilentFrame = (i: number): boolean => {
    const sequence = sequences[i % sequences.length]!;
    return isSilent(sequence) && Math.floor(i / sequences.length) < sequence.length;
  };
  const frames = Array.from({ length: time * sequences.length }, (_, i) => (isSilentFrame(i) ? 1 : 0));
  return ops.floats(frames, [time, sequences.length, 1]);
}

function takeLastColumn(ops: TensorOps, value: Value): Value {
  const [time, batch, symbols] = value.shape as [number, number, number];
  const picked = ops.run('GatherV2', [value, ops.integers([symbols - 1]), ops.integers([2], [])]);
  return ops.reshape(picked, [time, batch]);
}

/** `yes` where `condition` is 1, else `no`. */
function choose(ops: TensorOps, condition: Value, yes: Value, no: Value): Value {
  return ops.run('SelectV2', [ops.run('Greater', [condition, ops.scalar(0)]), yes, no]);
}
