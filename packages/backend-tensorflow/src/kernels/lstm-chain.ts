import type { ChainCell } from './chain-cell.js';

/** c′ = f·c + i·g, h′ = o·tanh(c′), gates in the order i f g o. */
export const lstmChain: ChainCell = {
  parts: 4,
  kept: 4,

  step(ops, products, { c }) {
    const [zi, zf, zg, zo] = ops.split(ops.add(products.input, products.state), 4, 1);
    const [i, f, o] = [zi, zf, zo].map((z) => ops.run('Sigmoid', [z!]));
    const g = ops.run('Tanh', [zg!]);
    const nextC = ops.add(ops.multiply(f!, c!), ops.multiply(i!, g));
    const h = ops.multiply(o!, ops.run('Tanh', [nextC]));
    return { next: { h, c: nextC }, gates: [i!, f!, g, o!] };
  },

  stepGradient(ops, { gates, previous, next }, dH, dCOfNext) {
    const [i, f, g, o] = gates as readonly [(typeof gates)[0], (typeof gates)[0], (typeof gates)[0], (typeof gates)[0]];
    const tanhC = ops.run('Tanh', [next.c!]);
    const through = ops.tanhGradient(tanhC, ops.multiply(dH, o));
    const dC = dCOfNext ? ops.add(dCOfNext, through) : through;
    const dZ = ops.concat(
      [
        ops.sigmoidGradient(i, ops.multiply(dC, g)),
        ops.sigmoidGradient(f, ops.multiply(dC, previous.c!)),
        ops.tanhGradient(g, ops.multiply(dC, i)),
        ops.sigmoidGradient(o, ops.multiply(dH, tanhC)),
      ],
      1,
    );
    return { inputProduct: dZ, stateProduct: dZ, previousC: ops.multiply(dC, f) };
  },
};
