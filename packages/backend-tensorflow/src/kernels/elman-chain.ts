import type { ChainCell } from './chain-cell.js';

/** h′ = φ(x·W + h·R + b) */
export function elmanChain(activation: 'tanh' | 'relu'): ChainCell {
  return {
    kept: 0,
    step: (ops, products) => {
      const h = ops.run(activation === 'tanh' ? 'Tanh' : 'Relu', [ops.add(products.input, products.state)]);
      return { next: { h }, gates: [] };
    },
    gradient: (ops, { h }) => {
      const one = ops.run('OnesLike', [h]);
      // TanhGrad takes what tanh gave first, ReluGrad what comes from above
      const slopes = ops.unpack(activation === 'tanh' ? ops.tanhGradient(h, one) : ops.run('ReluGrad', [one, h]));
      return (t, { h: dH }) => {
        const product = ops.multiply(dH, slopes[t]!);
        return { inputProduct: product, stateProduct: product };
      };
    },
  };
}
