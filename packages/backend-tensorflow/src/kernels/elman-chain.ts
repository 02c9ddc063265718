import type { ChainCell } from './chain-cell.js';

/** h′ = φ(x·W + h·R + b) */
export function elmanChain(activation: 'tanh' | 'relu'): ChainCell {
  return {
    kept: 0,
    step: (ops, products) => {
      const h = ops.run(activation === 'tanh' ? 'Tanh' : 'Relu', [ops.add(products.input, products.state)]);
      return { next: { h }, gates: [] };
    },
    factors: (ops, { h }) => {
      const one = ops.run('OnesLike', [h]);
      // TanhGrad takes what tanh gave first, ReluGrad what comes from above
      return [activation === 'tanh' ? ops.tanhGradient(h, one) : ops.run('ReluGrad', [one, h])];
    },
    stepGradient: (ops, [slope], { h: dH }) => {
      const product = ops.multiply(dH, slope!);
      return { inputProduct: product, stateProduct: product };
    },
  };
}
