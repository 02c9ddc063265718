import type { ChainCell } from './chain-cell.js';

/** n = tanh(a_n + r·u_n), h′ = n + z·(h − n), with a = x·W + b and u = h·R + rb; gates in the order r z n. */
export const gruChain: ChainCell = {
  parts: 3,
  kept: 4,

  step(ops, products, { h }) {
    const [ar, az, an] = ops.split(products.input, 3, 1);
    const [ur, uz, un] = ops.split(products.state, 3, 1);
    const r = ops.run('Sigmoid', [ops.add(ar!, ur!)]);
    const z = ops.run('Sigmoid', [ops.add(az!, uz!)]);
    const n = ops.run('Tanh', [ops.add(an!, ops.multiply(r, un!))]);
    return { next: { h: ops.add(n, ops.multiply(z, ops.subtract(h, n))) }, gates: [r, z, n, un!] };
  },

  stepGradient(ops, { gates, previous }, dH) {
    const [r, z, n, un] = gates as readonly [
      (typeof gates)[0],
      (typeof gates)[0],
      (typeof gates)[0],
      (typeof gates)[0],
    ];
    const toPrevious = ops.multiply(dH, z);
    const dN = ops.tanhGradient(n, ops.subtract(dH, toPrevious));
    const dZ = ops.sigmoidGradient(z, ops.multiply(dH, ops.subtract(previous.h, n)));
    const dR = ops.sigmoidGradient(r, ops.multiply(dN, un));
    return {
      inputProduct: ops.concat([dR, dZ, dN], 1),
      stateProduct: ops.concat([dR, dZ, ops.multiply(dN, r)], 1),
      previousH: toPrevious,
    };
  },
};
