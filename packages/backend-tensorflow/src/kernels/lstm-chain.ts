import { walkBlock } from './block-lstm.js';
import type { Value } from '../tensor-ops.js';
import type { ChainCell } from './chain-cell.js';

/** c′ = f·c + i·g, h′ = o·tanh(c′), gates in the order i f g o. */
export const lstmChain: ChainCell = {
  kept: 4,
  block: walkBlock,

  step(ops, products, { c }) {
    const [zi, zf, zg, zo] = ops.split(ops.add(products.input, products.state), 4, 1);
    const [i, f, o] = [zi, zf, zo].map((z) => ops.run('Sigmoid', [z!]));
    const g = ops.run('Tanh', [zg!]);
    const nextC = ops.add(ops.multiply(f!, c!), ops.multiply(i!, g));
    const h = ops.multiply(o!, ops.run('Tanh', [nextC]));
    return { next: { h, c: nextC }, gates: [i!, f!, g, o!] };
  },

  /** TensorFlow's own op for the gradient of a step, all of it but the products. Its gates stand in the order i g f o. */
  gradient(ops, { values, order, gates, c }) {
    const [i, f, g, o] = gates.map((gate) => ops.unpack(gate));
    const cells = ops.unpack(c!);
    const tanhC = ops.unpack(ops.run('Tanh', [c!]));
    const { initialH, initialC, recurrentKernel, bias } = values;
    const [batchSize, hiddenSize] = initialH.shape as [number, number];
    // of the layer's input and weights it reads nothing but their shapes
    const noInput = ops.floats([], [batchSize, 0]);
    const peephole = ops.floats(new Float32Array(hiddenSize));
    const layer = [initialH, recurrentKernel, peephole, peephole, peephole, bias];
    const attributes = [ops.attribute('use_peephole', false)];
    const previous = previousSteps(order, initialC!, cells);
    return (t, { h: dH, c: dC }) => {
      const kept = [i![t]!, cells[t]!, f![t]!, o![t]!, g![t]!, tanhC[t]!];
      const inputs = [noInput, previous[t]!, ...layer, ...kept, dC!, dH];
      const [previousC, product] = ops.runAll('LSTMBlockCellGrad', inputs, { attributes, outputs: 5 });
      return { inputProduct: product!, stateProduct: product!, previousC };
    };
  },
  gradientPlaces: [0, 2, 1, 3],
};

/** Of each step what stood before it, whichever way time is walked. */
function previousSteps(order: readonly number[], initial: Value, steps: readonly Value[]): Value[] {
  const previous: Value[] = [];
  order.forEach((t, i) => (previous[t] = i === 0 ? initial : steps[order[i - 1]!]!));
  return previous;
}
