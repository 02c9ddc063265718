import type { ChainCell } from './chain-cell.js';

/** h′ = φ(x·W + h·R + b) */
export function elmanChain(activation: 'tanh' | 'relu'): ChainCell {
  const [apply, gradient] = activation === 'tanh' ? (['Tanh', 'TanhGrad'] as const) : (['Relu', 'ReluGrad'] as const);
  return {
    parts: 1,
    kept: 0,
    step: (ops, products) => ({ next: { h: ops.run(apply, [ops.add(products.input, products.state)]) }, gates: [] }),
    stepGradient: (ops, { next }, dH) => {
      // TanhGrad takes what tanh gave first, ReluGrad what comes from above
      const dZ = ops.run(gradient, activation === 'tanh' ? [next.h, dH] : [dH, next.h]);
      return { inputProduct: dZ, stateProduct: dZ };
    },
  };
}
