import { exactly, filled, flag, optional, other, size, word, type Argument, type Calls } from './arguments.js';
import type { Draw } from './draw.js';

interface LayerSizes {
  readonly time: number;
  readonly batch: number;
  readonly width: number;
  readonly hidden: number;
}
const drawSizes = (draw: Draw): LayerSizes => ({
  time: draw.size(3, 7),
  batch: draw.size(2, 40),
  width: draw.size(4, 40),
  hidden: Math.max(1, draw.size(5, 100)),
});

/** What two walks write together: rows side by side, and the sum of the gradients of their input. */
interface Shared {
  readonly output: Float32Array;
  readonly dInput: Argument;
}

/** The results of two walks whose outputs lie side by side in rows of twice their width. */
function sharedResults(draw: Draw, { time, batch, width, hidden }: LayerSizes): Shared[] {
  const rows = time * batch;
  const both = new Float32Array(rows * 2 * hidden);
  const dInput = optional(draw, filled(rows * width));
  const length = rows === 0 ? 0 : (2 * rows - 1) * hidden;
  return [0, hidden].map((first) => ({ output: both.subarray(first, first + length), dInput }));
}

/** A layer, and the arrays that go with it. */
class Layer {
  private readonly draw: Draw;
  private readonly gates: number;
  private readonly sizes: LayerSizes;
  private readonly lengths: Argument;
  /** From a row of outputs to the next. */
  private readonly stride: number;

  private readonly shared: Shared | undefined;

  constructor(draw: Draw, { gates, sizes, shared }: { gates: number; sizes: LayerSizes; shared?: Shared }) {
    [this.draw, this.gates, this.sizes, this.shared] = [draw, gates, sizes, shared];
    this.lengths = optional(draw, exactly(draw.ints(sizes.batch, 0, sizes.time + 1)));
    const apart = draw.oneOf(sizes.hidden, sizes.hidden, sizes.hidden + 1, 2 * sizes.hidden);
    this.stride = shared ? 2 * sizes.hidden : Math.min(apart, 2 * sizes.hidden);
  }

  private floats = (length: number) => exactly(this.draw.floats(length));
  private rows = () => this.sizes.time * this.sizes.batch;
  private outputNumbers = () => (this.rows() === 0 ? 0 : (this.rows() - 1) * this.stride + this.sizes.hidden);

  activation = () => word(this.draw.oneOf('tanh', 'relu'));
  bias = () => this.floats(this.gates * this.sizes.hidden);
  newBias = () => filled(this.gates * this.sizes.hidden);
  state = () => this.floats(this.sizes.batch * this.sizes.hidden);
  newState = () => filled(this.sizes.batch * this.sizes.hidden);
  output = () => this.floats(this.outputNumbers());
  newOutput = () => {
    if (this.shared) return exactly(this.shared.output, 'fills');
    return exactly(new Float32Array(this.outputNumbers()), this.stride > this.sizes.hidden ? 'changes' : 'fills');
  };
  dInput = () => this.shared?.dInput ?? optional(this.draw, filled(this.rows() * this.sizes.width));

  /** What the forward pass keeps for the backward pass, `blocks` times the hidden units: of real steps alone. */
  kept = (blocks: number) => this.floats(this.rows() * blocks * this.sizes.hidden);
  newKept = (blocks: number) =>
    exactly(
      new Float32Array(this.rows() * blocks * this.sizes.hidden),
      this.lengths.value === null ? 'fills' : 'changes',
    );

  /** What every sequence function begins with. */
  inputs(): Argument[] {
    const { draw, gates, sizes } = this;
    const { time, batch, width, hidden } = sizes;
    return [
      size(time),
      size(batch),
      size(width),
      size(hidden),
      flag(draw.oneOf(false, true)),
      this.floats(this.rows() * width),
      this.floats(width * gates * hidden),
      this.floats(hidden * gates * hidden),
      this.bias(),
      this.state(),
      this.lengths,
      optional(draw, this.state()),
      other(this.stride, [hidden - 1, 2 * hidden + 1, hidden + 0.5, NaN]),
    ];
  }

  gradients(): Argument[] {
    const { gates, sizes } = this;
    const kernels = [filled(sizes.width * gates * sizes.hidden), filled(sizes.hidden * gates * sizes.hidden)];
    return [this.dInput(), ...kernels, this.newBias(), this.newState()];
  }
}

type Walk = (layer: Layer) => readonly Argument[];

const rnn: Walk = (layer) => [...layer.inputs(), layer.activation(), layer.newOutput(), layer.newState()];
const rnnBack: Walk = (layer) => {
  const given = [layer.output(), layer.output(), layer.state()];
  return [...layer.inputs(), layer.activation(), ...given, ...layer.gradients()];
};
const lstm: Walk = (layer) => {
  const results = [layer.newOutput(), layer.newState(), layer.newState()];
  return [...layer.inputs(), layer.state(), ...results, layer.newKept(4), layer.newKept(1)];
};
const lstmBack: Walk = (layer) => {
  const kept = [layer.state(), layer.output(), layer.kept(4), layer.kept(1)];
  const given = [layer.output(), layer.state(), layer.state()];
  return [...layer.inputs(), ...kept, ...given, ...layer.gradients(), layer.newState()];
};
const gru: Walk = (layer) => [...layer.inputs(), layer.bias(), layer.newOutput(), layer.newState(), layer.newKept(4)];
const gruBack: Walk = (layer) => {
  const kept = [layer.bias(), layer.output(), layer.kept(4)];
  return [...layer.inputs(), ...kept, layer.output(), layer.state(), ...layer.gradients(), layer.newBias()];
};

const one = (gates: number, walk: Walk) => (draw: Draw) => walk(new Layer(draw, { gates, sizes: drawSizes(draw) }));

/** Two walks: with results that lie together, or apart and then perhaps of other sizes. */
const two = (gates: number, walk: Walk) => (draw: Draw) => {
  const sizes = drawSizes(draw);
  if (draw.oneOf(false, true)) {
    const pair = sharedResults(draw, sizes);
    return pair.flatMap((shared) => walk(new Layer(draw, { gates, sizes, shared })));
  }
  const others = draw.oneOf(sizes, drawSizes(draw));
  return [sizes, others].flatMap((each) => walk(new Layer(draw, { gates, sizes: each })));
};

/** The functions of recurrent layers over time. */
export const sequenceCalls: Calls = {
  rnnSequence: one(1, rnn),
  rnnSequenceGrad: one(1, rnnBack),
  rnnSequencePair: two(1, rnn),
  rnnSequencePairGrad: two(1, rnnBack),
  lstmSequence: one(4, lstm),
  lstmSequenceGrad: one(4, lstmBack),
  lstmSequencePair: two(4, lstm),
  lstmSequencePairGrad: two(4, lstmBack),
  gruSequence: one(3, gru),
  gruSequenceGrad: one(3, gruBack),
  gruSequencePair: two(3, gru),
  gruSequencePairGrad: two(3, gruBack),
};
