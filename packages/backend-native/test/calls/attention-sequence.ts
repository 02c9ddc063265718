import { exactly, filled, number, optional, size, word, type Argument, type Calls } from './arguments.js';
import type { Draw } from './draw.js';

/** Sizes and inputs of a layer that attends inside its steps. */
class Layer {
  readonly draw: Draw;
  readonly time: number;
  readonly batch: number;
  readonly width: number;
  readonly hidden: number;
  readonly source: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly cell: string;
  readonly between: boolean;
  readonly additive: boolean;
  readonly asks: boolean;

  constructor(draw: Draw) {
    this.draw = draw;
    [this.time, this.batch] = [draw.size(3, 6), draw.size(2, 30)];
    [this.width, this.hidden] = [draw.size(4, 30), Math.max(1, draw.size(5, 70))];
    [this.source, this.valueSize] = [draw.size(3, 12), Math.max(1, draw.size(6, 40))];
    this.cell = draw.oneOf('gru', 'lstm');
    this.between = draw.oneOf(true, false);
    this.additive = draw.oneOf(true, false);
    this.asks = draw.oneOf(true, false);
    this.keySize = this.asks ? Math.max(1, draw.size(7, 40)) : this.hidden;
  }

  floats = (length: number) => exactly(this.draw.floats(length));
  /** Where it is `there` it must be; else it may be, and nobody looks at it. */
  given(there: boolean, argument: Argument): Argument {
    const unused: Argument = { ...argument, use: argument.use === 'fills' ? 'changes' : argument.use };
    return there ? argument : optional(this.draw, unused);
  }
  rows = () => this.time * this.batch;
  state = () => this.batch * this.hidden;

  /** Numbers of the four weights of a transition. */
  private weights(inputs: number): number[] {
    const gates = this.cell === 'lstm' ? 4 : 3;
    return [inputs * gates * this.hidden, gates * this.hidden ** 2, gates * this.hidden, 3 * this.hidden];
  }

  transitions(make: (length: number) => Argument): Argument[] {
    const first = this.weights(this.between ? this.width : this.width + this.valueSize);
    const there = (i: number) => i < 3 || this.cell === 'gru';
    return [
      ...first.map((length, i) => this.given(there(i), make(length))),
      ...this.weights(this.valueSize).map((length, i) => this.given(this.between && there(i), make(length))),
    ];
  }

  inputs(): Argument[] {
    const { draw, batch, source, keySize, valueSize, hidden } = this;
    const kernel = this.floats(hidden * keySize);
    return [
      ...[this.time, batch, this.width, hidden, source, keySize, valueSize].map(size),
      word(this.cell),
      word(this.between ? 'between' : 'before'),
      word(this.additive ? 'additive' : 'dot'),
      number(draw.oneOf(1, 0.5)),
      this.floats(this.rows() * this.width),
      ...this.transitions(this.floats),
      this.asks ? kernel : { ...optional(draw, kernel), value: null },
      this.given(this.additive, this.floats(keySize)),
      this.floats(source * batch * keySize),
      this.floats(source * batch * valueSize),
      optional(draw, exactly(draw.ints(batch, 0, source + 1))),
      this.floats(this.state()),
      this.given(this.cell === 'lstm', this.floats(this.state())),
      optional(draw, this.floats(this.state())),
    ];
  }

  workspace(): number {
    const transitions = this.between ? 2 : 1;
    const states = transitions - 1 + (this.cell === 'lstm' ? transitions : 0);
    const queries = this.between && !this.asks ? 0 : this.keySize;
    return this.rows() * ((4 * transitions + states) * this.hidden + queries);
  }

  steps(make: (length: number) => Argument): Argument[] {
    return [this.hidden, this.valueSize, this.source].map((width) => make(this.rows() * width));
  }

  finals(make: (length: number) => Argument): Argument[] {
    return [make(this.state()), this.given(this.cell === 'lstm', make(this.state()))];
  }
}

function attentionSequence(draw: Draw): Argument[] {
  const layer = new Layer(draw);
  return [...layer.inputs(), ...layer.steps(filled), ...layer.finals(filled), filled(layer.workspace())];
}

function attentionSequenceGrad(draw: Draw): Argument[] {
  const layer = new Layer(draw);
  const { batch, source, keySize, valueSize } = layer;
  return [
    ...layer.inputs(),
    ...layer.steps(layer.floats),
    layer.floats(layer.workspace()),
    ...layer.steps(layer.floats),
    ...layer.finals(layer.floats),
    optional(draw, filled(layer.rows() * layer.width)),
    ...layer.transitions(filled),
    layer.asks ? optional(draw, filled(layer.hidden * keySize)) : layer.given(false, filled(layer.hidden * keySize)),
    layer.given(layer.additive, filled(keySize)),
    filled(source * batch * keySize),
    filled(source * batch * valueSize),
    ...layer.finals(filled),
  ];
}

/** The functions of recurrent layers that attend inside their steps. */
export const attentionSequenceCalls: Calls = { attentionSequence, attentionSequenceGrad };
