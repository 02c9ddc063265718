import type { Cost } from '@unroll/core/profiling';
import type { Precision } from '../harness/protocol.js';
import type { Ceilings, Floor } from './result.js';

/**
 * The least time for a kernel's counted work: its products at the rate of a large product, or its bytes at the speed of
 * the last cache, as far as those of one call fit into it, and of memory beyond that; whichever takes longer.
 *
 *   floor = max(operations / products, min(bytes, C) / cache + max(0, bytes − C) / memory)
 */
export function floorOf(work: Cost & { readonly calls: number }, ceilings: Ceilings, precision: Precision): Floor {
  const { operations, bytes, calls } = work;
  const fitting = Math.min(bytes, calls * (ceilings.cacheBytes ?? 0));
  const products = operations / ceilings.products[precision] / 1e6;
  const moved = (fitting / ceilings.cache + (bytes - fitting) / ceilings.memory) / 1e6;
  if (products >= moved) return { ms: products, bound: 'products' };
  return { ms: moved, bound: fitting === bytes ? 'cache' : 'memory' };
}
