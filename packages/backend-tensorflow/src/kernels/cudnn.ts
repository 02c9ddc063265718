import type { TensorOps, Value } from '../tensor-ops.js';
import { createFrame, type SequenceGradients, type SequenceValues, type SequenceWalk } from './chain.js';

/** cuDNN's name of a cell, whose gates stand in unroll's order: i f g o, r z n (Appleyard, Kočiský & Blunsom 2016). */
export type CudnnMode = 'lstm' | 'gru' | 'rnn_tanh' | 'rnn_relu';

/** cuDNN knows no mask on h, and no sequence without steps. */
export function cudnnKnows(ops: TensorOps, { recurrentDropoutMask, lengths }: SequenceValues): boolean {
  return !recurrentDropoutMask && !(lengths && ops.read(lengths).includes(0));
}

/** The forward pass by CudnnRNNV3. */
export function walkCudnn(
  ops: TensorOps,
  mode: CudnnMode,
  { values, reverse }: { readonly values: SequenceValues; readonly reverse: boolean },
): SequenceWalk {
  const prepared = prepare(ops, values, reverse);
  const { output, h, c } = run(ops, mode, { prepared, isTraining: false });
  // cuDNN's workspace is of a type that tfjs cannot hold: the gradient makes it again, and nothing else is kept
  const nothing = (): Value => ops.scalar(0);
  return {
    output: prepared.restore(output),
    final: { h: first(ops, h), c: mode === 'lstm' ? first(ops, c) : undefined },
    gates: mode === 'lstm' || mode === 'gru' ? nothing() : undefined,
    cells: mode === 'lstm' ? nothing() : undefined,
  };
}

/** The gradients by CudnnRNNBackpropV3, in the order of `walkChainGradient`. */
export function walkCudnnGradient(
  ops: TensorOps,
  mode: CudnnMode,
  { values, gradients, reverse, inputGradient }: SequenceGradients,
): (Value | undefined)[] {
  const prepared = prepare(ops, values, reverse);
  const { input, h: initialH, c: initialC, parameters, lengths } = prepared;
  const forward = run(ops, mode, { prepared, isTraining: true });
  const dH = layered(ops, gradients.dFinalH);
  const dC = gradients.dFinalC ? layered(ops, gradients.dFinalC) : ops.run('ZerosLike', [dH]);
  const known = [input, initialH, initialC, parameters, lengths, forward.output, forward.h, forward.c];
  const inputs = [...known, prepared.arrange(gradients.dOutput), dH, dC, forward.workspace, forward.hostWorkspace];
  const [dInput, dInitialH, dInitialC, dParameters] = ops.runAll('CudnnRNNBackpropV3', inputs, {
    attributes: attributesOf(ops, mode),
    outputs: 4,
  });
  const [dInputKernel, dRecurrentKernel, dBias, dRecurrentBias] = fromFlat(ops, values, dParameters!);
  return [
    inputGradient ? prepared.restore(dInput!) : undefined,
    dInputKernel,
    dRecurrentKernel,
    dBias,
    ...(values.recurrentBias ? [dRecurrentBias] : []),
    first(ops, dInitialH!),
    ...(mode === 'lstm' ? [first(ops, dInitialC!)] : []),
  ];
}

interface Prepared {
  /** `[T, B, I]`, forward in time */
  readonly input: Value;
  /** `[1, B, H]` each */
  readonly h: Value;
  readonly c: Value;
  readonly parameters: Value;
  readonly lengths: Value;
  arrange(steps: Value): Value;
  restore(steps: Value): Value;
}

function prepare(ops: TensorOps, values: SequenceValues, reverse: boolean): Prepared {
  const { padding, timeSteps, batchSize } = createFrame(ops, values, reverse);
  const turn = (steps: Value): Value => (reverse ? ops.run('ReverseV2', [steps, ops.integers([0])]) : steps);
  const arrange = (steps: Value): Value => (padding ? padding.arrange(steps) : turn(steps));
  const h = layered(ops, values.initialH);
  return {
    input: arrange(values.input),
    h,
    c: values.initialC ? layered(ops, values.initialC) : ops.run('ZerosLike', [h]),
    parameters: toFlat(ops, values),
    lengths: values.lengths ?? ops.integers(Array.from({ length: batchSize }, () => timeSteps)),
    arrange,
    restore: (steps) => (padding ? padding.restore(steps) : turn(steps)),
  };
}

function run(
  ops: TensorOps,
  mode: CudnnMode,
  { prepared, isTraining }: { readonly prepared: Prepared; readonly isTraining: boolean },
): { output: Value; h: Value; c: Value; workspace: Value; hostWorkspace: Value } {
  const { input, h, c, parameters, lengths } = prepared;
  const [output, finalH, finalC, workspace, hostWorkspace] = ops.runAll(
    'CudnnRNNV3',
    [input, h, c, parameters, lengths],
    { attributes: [...attributesOf(ops, mode), ops.attribute('is_training', isTraining)], outputs: 5 },
  );
  return { output: output!, h: finalH!, c: finalC!, workspace: workspace!, hostWorkspace: hostWorkspace! };
}

function attributesOf(ops: TensorOps, mode: CudnnMode) {
  return [
    ops.attribute('rnn_mode', mode),
    ops.attribute('input_mode', 'linear_input'),
    ops.attribute('direction', 'unidirectional'),
    ops.attribute('time_major', true),
  ];
}

/**
 * cuDNN's weights are one row of numbers: of each gate the matrix with a row a unit, first for the input, then for the state; then the biases of
 * both. An LSTM has one bias here: the other is zeros.
 */
export function toFlat(ops: TensorOps, { inputKernel, recurrentKernel, bias, recurrentBias }: SequenceValues): Value {
  const rows = [inputKernel, recurrentKernel].map((kernel) => flatten(ops, transpose(ops, kernel)));
  return ops.concat([...rows, bias, recurrentBias ?? ops.run('ZerosLike', [bias])], 0);
}

/** The parts of `toFlat` in its order. */
export function fromFlat(ops: TensorOps, { inputKernel, recurrentKernel }: SequenceValues, flat: Value): Value[] {
  const [inputSize, units] = inputKernel.shape as [number, number];
  const hiddenSize = recurrentKernel.shape[0]!;
  const sizes = [units * inputSize, units * hiddenSize, units, units];
  let begin = 0;
  const parts = sizes.map((size) => {
    const part = ops.run('Slice', [flat, ops.integers([begin]), ops.integers([size])]);
    begin += size;
    return part;
  });
  const kernel = (part: Value, rows: number): Value => transpose(ops, ops.reshape(part, [units, rows]));
  return [kernel(parts[0]!, inputSize), kernel(parts[1]!, hiddenSize), parts[2]!, parts[3]!];
}

function transpose(ops: TensorOps, matrix: Value): Value {
  return ops.run('Transpose', [matrix, ops.integers([1, 0])]);
}

function flatten(ops: TensorOps, value: Value): Value {
  return ops.reshape(value, [-1]);
}

/** `[B, H]` as that of the only layer. */
function layered(ops: TensorOps, state: Value): Value {
  return ops.reshape(state, [1, ...state.shape]);
}

function first(ops: TensorOps, states: Value): Value {
  return ops.reshape(states, states.shape.slice(1));
}
