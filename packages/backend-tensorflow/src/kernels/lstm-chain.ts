import { walkBlock } from './block-lstm.js';
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

  factors(ops, { gates: [i, f, g, o], previousC, c }) {
    const tanhC = ops.run('Tanh', [c!]);
    return [
      ops.sigmoidGradient(i!, g!),
      ops.sigmoidGradient(f!, previousC!),
      ops.tanhGradient(g!, i!),
      ops.sigmoidGradient(o!, tanhC),
      ops.tanhGradient(tanhC, o!),
      f!,
    ];
  },

  stepGradient(ops, [toI, toF, toG, toO, toC, f], { h: dH, c: dNextC }) {
    const through = ops.multiply(dH, toC!);
    const dC = dNextC ? ops.add(dNextC, through) : through;
    const ofGates = [ops.multiply(dC, toI!), ops.multiply(dC, toF!), ops.multiply(dC, toG!), ops.multiply(dH, toO!)];
    const product = ops.concat(ofGates, 1);
    return { inputProduct: product, stateProduct: product, previousC: ops.multiply(dC, f!) };
  },
};
