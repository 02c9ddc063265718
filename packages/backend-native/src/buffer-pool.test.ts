import { describe, expect, it } from 'vitest';
import { BufferPool } from './buffer-pool.js';

const newPool = (limitBytes = 1000) => new BufferPool((bytes) => new ArrayBuffer(bytes), limitBytes);

function taken(pool: BufferPool, bytes: number): ArrayBuffer {
  const buffer = pool.take(bytes);
  pool.retain(buffer);
  return buffer;
}

describe('BufferPool', () => {
  it('gives a released buffer to the next that asks for its size', () => {
    const pool = newPool();
    const first = taken(pool, 64);
    pool.release(first);
    expect(taken(pool, 32)).not.toBe(first);
    expect(taken(pool, 64)).toBe(first);
  });

  it('keeps a buffer until its last reference is gone', () => {
    const pool = newPool();
    const shared = taken(pool, 64);
    pool.retain(shared);
    pool.release(shared);
    expect(taken(pool, 64)).not.toBe(shared);
    pool.release(shared);
    expect(taken(pool, 64)).toBe(shared);
  });

  it('gives a buffer of a size to similar sizes, with little too much', () => {
    const pool = newPool(1e6);
    for (const bytes of [0, 1, 8, 63, 65, 1000, 1023, 1025, 100_003]) {
      const { byteLength } = taken(pool, bytes);
      expect(byteLength).toBeGreaterThanOrEqual(bytes);
      expect(byteLength).toBeLessThan(bytes * 1.125 + 8);
    }
    const first = taken(pool, 30_000);
    pool.release(first);
    expect(taken(pool, 29_500)).toBe(first);
    expect(taken(pool, 40_000)).not.toBe(first);
  });

  it('takes a free buffer back when a tensor is made of it again', () => {
    const pool = newPool();
    const buffer = taken(pool, 64);
    pool.release(buffer);
    pool.retain(buffer);
    expect(pool.state()).toEqual({ freeBytes: 0, usedBytes: 64, allocations: 1 });
    expect(taken(pool, 64)).not.toBe(buffer);
  });

  it('ignores buffers that are not its own', () => {
    const pool = newPool();
    const foreign = new ArrayBuffer(64);
    pool.retain(foreign);
    pool.release(foreign);
    expect(pool.state()).toEqual({ freeBytes: 0, usedBytes: 0, allocations: 0 });
    expect(taken(pool, 64)).not.toBe(foreign);
  });

  it('is private to one reference', () => {
    const pool = newPool();
    const buffer = taken(pool, 64);
    expect(pool.isPrivate(buffer)).toBe(true);
    pool.retain(buffer);
    expect(pool.isPrivate(buffer)).toBe(false);
  });

  it('counts bytes and buffers, and drops the sizes used longest ago when there are too many', () => {
    const pool = newPool(100);
    const buffers = [40, 56, 64].map((bytes) => taken(pool, bytes));
    expect(pool.state()).toEqual({ freeBytes: 0, usedBytes: 160, allocations: 3 });
    for (const buffer of buffers) pool.release(buffer);
    // 40 and 56 fit; with 64 the oldest have to go.
    expect(pool.state()).toEqual({ freeBytes: 64, usedBytes: 0, allocations: 3 });
    expect(taken(pool, 64)).toBe(buffers[2]);
    pool.clear();
    expect(pool.state()).toEqual({ freeBytes: 0, usedBytes: 64, allocations: 3 });
  });
});
