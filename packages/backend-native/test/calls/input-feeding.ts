import { exactly, filled, floatLists, number, optional, size, word, type Argument, type Calls } from './arguments.js';
import type { Draw } from './draw.js';

/** Sizes and inputs of layers whose attentional state is fed to the next step. */
class Stack {
  readonly draw: Draw;
  readonly layers: number;
  readonly time: number;
  readonly batch: number;
  readonly width: number;
  readonly hidden: number;
  readonly source: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly cell: string;
  readonly additive: boolean;
  readonly asks: boolean;

  constructor(draw: Draw) {
    this.draw = draw;
    this.layers = draw.oneOf(2, 1, 3);
    [this.time, this.batch] = [draw.size(3, 6), draw.size(2, 30)];
    [this.width, this.hidden] = [draw.size(4, 30), Math.max(1, draw.size(5, 70))];
    [this.source, this.valueSize] = [draw.size(3, 12), Math.max(1, draw.size(6, 40))];
    this.cell = draw.oneOf('gru', 'lstm');
    this.additive = draw.oneOf(true, false);
    this.asks = draw.oneOf(true, false);
    this.keySize = this.asks ? Math.max(1, draw.size(7, 40)) : this.hidden;
  }

  floats = (length: number) => exactly(this.draw.floats(length));
  rows = () => this.time * this.batch;
  state = () => this.batch * this.hidden;

  /** An array for each layer; of `length` 0 where there is none. */
  each = (length: (layer: number) => number, isResult = false): Argument =>
    floatLists(
      Array.from({ length: this.layers }, (_, layer) =>
        isResult ? new Float32Array(length(layer)) : this.draw.floats(length(layer)),
      ),
      isResult ? 'fills' : 'reads',
    );

  /** Kernels, biases and states. */
  weights(isResult: boolean): Argument[] {
    const gates = this.cell === 'lstm' ? 4 : 3;
    const width = gates * this.hidden;
    return [
      this.each((layer) => ((layer === 0 ? this.width : 0) + this.hidden) * width, isResult),
      this.each(() => this.hidden * width, isResult),
      this.each(() => width, isResult),
      this.each(() => (gates === 3 ? width : 0), isResult),
      this.each(() => this.state(), isResult),
      this.each(() => (gates === 4 ? this.state() : 0), isResult),
    ];
  }

  inputs(): Argument[] {
    const { draw, batch, source, keySize, valueSize, hidden } = this;
    const [kernel, vector] = [this.floats(hidden * keySize), this.floats(keySize)];
    return [
      ...[this.time, batch, this.width, hidden, source, keySize, valueSize].map(size),
      word(this.cell),
      word(this.additive ? 'additive' : 'dot'),
      number(draw.oneOf(1, 0.5)),
      this.floats(this.rows() * this.width),
      ...this.weights(false),
      this.each(() => draw.oneOf(this.state(), 0)),
      this.each(() => draw.oneOf(this.rows() * hidden, 0)),
      this.asks ? kernel : { ...optional(draw, kernel), value: null },
      this.floats((valueSize + hidden) * hidden),
      this.floats(this.state()),
      this.additive ? vector : optional(draw, vector),
      this.floats(source * batch * keySize),
      this.floats(source * batch * valueSize),
      optional(draw, exactly(draw.ints(batch, 0, source + 1))),
    ];
  }

  workspace(): number {
    const ofLayers = this.layers * (this.cell === 'lstm' ? 6 : 5) * this.hidden;
    return this.rows() * (ofLayers + this.valueSize + (this.asks ? this.keySize : 0));
  }
}

/** A result that nobody fills where it is not `wanted`. */
const unless = (draw: Draw, wanted: boolean, length: number): Argument =>
  wanted ? filled(length) : optional(draw, exactly(new Float32Array(length), 'changes'));

function inputFeedingSequence(draw: Draw): Argument[] {
  const stack = new Stack(draw);
  const results = [stack.rows() * stack.hidden, stack.rows() * stack.source, stack.workspace()];
  return [...stack.inputs(), ...results.map(filled)];
}

function inputFeedingSequenceGrad(draw: Draw): Argument[] {
  const stack = new Stack(draw);
  const { batch, hidden, source, keySize, valueSize } = stack;
  const [outputs, weights] = [stack.rows() * hidden, stack.rows() * source];
  const dKernel = unless(draw, stack.asks, hidden * keySize);
  return [
    ...stack.inputs(),
    ...[outputs, weights, stack.workspace(), outputs, weights].map(stack.floats),
    optional(draw, filled(stack.rows() * stack.width)),
    ...stack.weights(true),
    stack.asks ? optional(draw, dKernel) : dKernel,
    filled((valueSize + hidden) * hidden),
    filled(batch * hidden),
    unless(draw, stack.additive, keySize),
    filled(source * batch * keySize),
    filled(source * batch * valueSize),
  ];
}

/** The functions of layers with input feeding. */
export const inputFeedingCalls: Calls = { inputFeedingSequence, inputFeedingSequenceGrad };
