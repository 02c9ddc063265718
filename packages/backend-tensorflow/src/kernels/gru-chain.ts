import type { ChainCell } from './chain-cell.js';

/** n = tanh(a_n + r·u_n), h′ = n + z·(h − n), with a = x·W + b and u = h·R + rb; gates in the order r z n. */
export const gruChain: ChainCell = {
  kept: 4,

  step(ops, products, { h }) {
    const [ar, az, an] = ops.split(products.input, 3, 1);
    const [ur, uz, un] = ops.split(products.state, 3, 1);
    const r = ops.run('Sigmoid', [ops.add(ar!, ur!)]);
    const z = ops.run('Sigmoid', [ops.add(az!, uz!)]);
    const n = ops.run('Tanh', [ops.add(an!, ops.multiply(r, un!))]);
    return { next: { h: ops.add(n, ops.multiply(z, ops.subtract(h, n))) }, gates: [r, z, n, un!] };
  },

  gradient(ops, { gates: [r, z, n, un], previousH }) {
    const factors = [
      ops.sigmoidGradient(r!, un!),
      ops.sigmoidGradient(z!, ops.subtract(previousH, n!)),
      ops.tanhGradient(n!, ops.subtract(ops.scalar(1), z!)),
      r!,
      z!,
    ].map((all) => ops.unpack(all));
    return (t, { h: dH }) => {
      const [toR, toZ, toN, ofR, ofZ] = factors.map((steps) => steps[t]!);
      const dN = ops.multiply(dH, toN!);
      const dR = ops.multiply(dN, toR!);
      const dZ = ops.multiply(dH, toZ!);
      return {
        inputProduct: ops.concat([dR, dZ, dN], 1),
        stateProduct: ops.concat([dR, dZ, ops.multiply(dN, ofR!)], 1),
        previousH: ops.multiply(dH, ofZ!),
      };
    };
  },
};
