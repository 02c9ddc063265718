import type { TensorOps, Value } from '../tensor-ops.js';
import type { ChainCell, ChainState, KeptSteps, StepBack } from './chain-cell.js';
import { prefersBlock } from './block-lstm.js';
import { createPadding, type Padding } from './padding.js';

/** The inputs of a sequence kernel of core, as `kernel-names.ts` there says. */
export interface SequenceValues {
  readonly input: Value;
  readonly inputKernel: Value;
  readonly recurrentKernel: Value;
  readonly bias: Value;
  /** of a GRU */
  readonly recurrentBias?: Value | undefined;
  readonly initialH: Value;
  /** of an LSTM */
  readonly initialC?: Value | undefined;
  readonly lengths?: Value | undefined;
  readonly recurrentDropoutMask?: Value | undefined;
}

export interface SequenceWalk {
  /** `[T, B, H]` */
  readonly output: Value;
  readonly final: ChainState;
  /** activations `[kept·T, B, H]`, each kind after the other; absent where none are kept */
  readonly gates?: Value | undefined;
  /** of an LSTM, `[T, B, H]` */
  readonly cells?: Value | undefined;
}

/** What the forward pass gave, and the gradients of its results. */
export interface WalkGradients extends Omit<SequenceWalk, 'final'> {
  readonly dOutput: Value;
  readonly dFinalH: Value;
  readonly dFinalC?: Value | undefined;
}

/** What both passes know of a walk. Lists stand in the order of the arranged input, whichever way time is walked. */
export interface WalkFrame {
  readonly timeSteps: number;
  readonly batchSize: number;
  readonly hiddenSize: number;
  /** as the steps read it: zeros past each length, and turned round where lengths differ and time is walked back */
  readonly input: Value;
  /** steps in the order in which they are walked */
  readonly order: readonly number[];
  readonly padding?: Padding | undefined;
}

export function createFrame(ops: TensorOps, values: SequenceValues, reverse: boolean): WalkFrame {
  const { input, lengths, initialH } = values;
  const [timeSteps, batchSize] = input.shape as [number, number, number];
  const padding = lengths && createPadding(ops, lengths, { timeSteps, reverse });
  const steps = Array.from({ length: timeSteps }, (_, t) => t);
  return {
    timeSteps,
    batchSize,
    hiddenSize: initialH.shape[1]!,
    input: padding ? padding.arrange(input) : input,
    // with lengths it is the input that is turned round
    order: reverse && !padding ? steps.toReversed() : steps,
    padding,
  };
}

/**
 * A recurrent layer as a chain of TensorFlow's ops: one product for the inputs of all steps, then for each step the recurrent product
 * and the cell's own ops. A cell's own op of TensorFlow is taken where it is faster.
 */
export function walkChain(
  ops: TensorOps,
  cell: ChainCell,
  { values, reverse }: { readonly values: SequenceValues; readonly reverse: boolean },
): SequenceWalk {
  const frame = createFrame(ops, values, reverse);
  if (cell.block && prefersBlock(values, frame)) return cell.block(ops, values, frame);
  const { timeSteps, order, padding } = frame;
  const { recurrentKernel, recurrentBias, recurrentDropoutMask: mask } = values;
  const rows = ops.matMul(flatten(ops, frame.input), values.inputKernel);
  const products = ops.split(ops.run('BiasAdd', [rows, values.bias]), timeSteps, 0);
  const states: ChainState[] = [{ h: values.initialH, c: values.initialC }];
  const gates: (readonly Value[])[] = [];
  for (const t of order) {
    const previous = states.at(-1)!;
    const product = ops.matMul(mask ? ops.multiply(previous.h, mask) : previous.h, recurrentKernel);
    const state = recurrentBias ? ops.run('BiasAdd', [product, recurrentBias]) : product;
    const step = cell.step(ops, { input: products[t]!, state }, previous);
    states.push(step.next);
    gates[t] = step.gates;
  }
  const walked = placed(order, states.slice(1));
  const kinds = Array.from({ length: cell.kept }, (_, kind) => gates.map((each) => each[kind]!));
  const output = ops.pack(walked.map(({ h }) => h));
  const last = (values: readonly Value[]): Value => (padding ? padding.last(values) : values.at(-1)!);
  const hasCells = values.initialC !== undefined;
  return {
    output: padding ? padding.restore(output) : output,
    final: { h: last(states.map(({ h }) => h)), c: hasCells ? last(states.map(({ c }) => c!)) : undefined },
    gates: cell.kept > 0 ? ops.pack(kinds.flat()) : undefined,
    cells: hasCells ? ops.pack(walked.map(({ c }) => c!)) : undefined,
  };
}

/** What a gradient kernel is given. */
export interface SequenceGradients {
  readonly values: SequenceValues;
  readonly gradients: WalkGradients;
  readonly reverse: boolean;
  readonly inputGradient: boolean;
}

/** The gradients of input (where wanted), inputKernel, recurrentKernel, bias, (recurrentBias,) initialH(, initialC). */
export function walkChainGradient(
  ops: TensorOps,
  cell: ChainCell,
  { values, gradients, reverse, inputGradient }: SequenceGradients,
): (Value | undefined)[] {
  const frame = createFrame(ops, values, reverse);
  const { padding, input } = frame;
  const kept = keptSteps(ops, cell, { values, gradients, frame });
  const places = cell.gradientPlaces;
  const arranged = (rows: Value): Value => (places ? placeGates(ops, rows, places) : rows);
  // turned once, for the products of all steps
  const turnedKernel = ops.run('Transpose', [arranged(values.recurrentKernel), ops.integers([1, 0])]);
  const walk = { values, gradients, frame, turnedKernel };
  const { inputProducts, stateProducts, initial } = walkBack(ops, cell.gradient(ops, kept), walk);
  const mask = values.recurrentDropoutMask;
  const previousH = mask ? ops.multiply(kept.previousH, mask) : kept.previousH;
  const dInputProducts = arranged(ops.concat(inputProducts, 0));
  const dStateProducts = values.recurrentBias ? arranged(ops.concat(stateProducts, 0)) : dInputProducts;
  const dInput = (): Value => {
    const rows = ops.matMul(dInputProducts, values.inputKernel, { transposeColumns: true });
    const steps = ops.reshape(rows, input.shape);
    return padding ? padding.restore(steps) : steps;
  };
  return [
    inputGradient ? dInput() : undefined,
    ops.matMul(flatten(ops, input), dInputProducts, { transposeRows: true }),
    ops.matMul(flatten(ops, previousH), dStateProducts, { transposeRows: true }),
    ops.sumRows(dInputProducts),
    ...(values.recurrentBias ? [ops.sumRows(dStateProducts)] : []),
    initial.h,
    ...(initial.c ? [initial.c] : []),
  ];
}

interface BackwardWalk {
  readonly values: SequenceValues;
  readonly gradients: WalkGradients;
  readonly frame: WalkFrame;
}

/** All steps as the forward pass left them, from what was saved. */
function keptSteps(ops: TensorOps, cell: ChainCell, { values, gradients, frame }: BackwardWalk): KeptSteps {
  const { output, gates, cells } = gradients;
  const h = frame.padding ? frame.padding.arrange(output) : output;
  return {
    values,
    order: frame.order,
    gates: gates ? ops.split(gates, cell.kept, 0) : [],
    previousH: previousOf(ops, frame, { initial: values.initialH, states: h }),
    h,
    c: cells,
  };
}

/** Of each step the state before it, `[T, B, H]`. */
function previousOf(
  ops: TensorOps,
  { order }: WalkFrame,
  { initial, states }: { readonly initial: Value; readonly states: Value },
): Value {
  const [timeSteps, ...sizes] = states.shape as [number, number, number];
  const first = ops.reshape(initial, [1, ...sizes]);
  if (timeSteps === 1) return first;
  const isForward = order[0] === 0;
  const begin = ops.integers([isForward ? 0 : 1, 0, 0]);
  const others = ops.run('Slice', [states, begin, ops.integers([timeSteps - 1, ...sizes])]);
  return ops.concat(isForward ? [first, others] : [others, first], 0);
}

/** The walk through time from its end: gradients of the products of each step, and of the initial state. */
function walkBack(
  ops: TensorOps,
  stepBack: StepBack,
  { values, gradients, frame, turnedKernel }: BackwardWalk & { readonly turnedKernel: Value },
): { inputProducts: Value[]; stateProducts: Value[]; initial: ChainState } {
  const { order, padding } = frame;
  const { dOutput, dFinalH, dFinalC } = gradients;
  const mask = values.recurrentDropoutMask;
  const fromOutput = ops.unpack(padding ? padding.arrange(dOutput) : dOutput);
  // with lengths the final states are those after different steps
  const finalH = padding?.lastGradient(dFinalH);
  const finalC = dFinalC && padding?.lastGradient(dFinalC);
  const plus = (a: Value | undefined, b: Value | undefined): Value | undefined => (a && b ? ops.add(a, b) : (a ?? b));
  let dH = padding ? undefined : dFinalH;
  let dC = padding ? undefined : dFinalC;
  const inputProducts: Value[] = [];
  const stateProducts: Value[] = [];
  for (const [back, t] of order.toReversed().entries()) {
    const after = order.length - back;
    const ofH = plus(plus(dH, finalH?.[after]), fromOutput[t])!;
    const gradient = stepBack(t, { h: ofH, c: plus(dC, finalC?.[after]) });
    inputProducts[t] = gradient.inputProduct;
    stateProducts[t] = gradient.stateProduct;
    const product = ops.matMul(gradient.stateProduct, turnedKernel);
    dH = plus(mask ? ops.multiply(product, mask) : product, gradient.previousH);
    dC = gradient.previousC;
  }
  return { inputProducts, stateProducts, initial: { h: plus(dH, finalH?.[0])!, c: plus(dC, finalC?.[0]) } };
}

/** The gates of `[rows, G·H]` in other places: two that change theirs, and the same way back. */
function placeGates(ops: TensorOps, value: Value, places: readonly number[]): Value {
  const [rows, width] = value.shape as [number, number];
  const gates = ops.reshape(value, [rows, places.length, width / places.length]);
  return ops.reshape(ops.run('GatherV2', [gates, ops.integers(places), ops.integers([1], [])]), [rows, width]);
}

/** What came in the order of the walk, at the step it belongs to. */
function placed<T>(order: readonly number[], walked: readonly T[]): T[] {
  const result: T[] = [];
  order.forEach((t, i) => (result[t] = walked[i]!));
  return result;
}

/** `[T, B, I]` as rows. */
function flatten(ops: TensorOps, value: Value): Value {
  const [timeSteps, batchSize, size] = value.shape as [number, number, number];
  return ops.reshape(value, [timeSteps * batchSize, size]);
}
