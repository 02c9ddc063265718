import type { Cost } from '@unroll/core/profiling';
import type { Precision } from '../harness/protocol.js';
import type { Ceilings, Floor } from './result.js';

/**
 * The least time for a kernel's counted work: its products at the rate of a large product, or its bytes at the speed of
 * memory (of the last cache where those of one call fit into it), whichever takes longer.
 *
 *   floor = max(operations / products, bytes / bandwidth)
 */
export function floorOf(work: Cost & { readonly calls: number }, ceilings: Ceilings, precision: Precision): Floor {
  const { operations, bytes, calls } = work;
  const fits = ceilings.cacheBytes !== null && bytes / calls <= ceilings.cacheBytes;
  const products = operations / ceilings.products[precision] / 1e6;
  const moved = bytes / (fits ? ceilings.cache : ceilings.memory) / 1e6;
  if (products >= moved) return { ms: products, bound: 'products' };
  return { ms: moved, bound: fits ? 'cache' : 'memory' };
}
